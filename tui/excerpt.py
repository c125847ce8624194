"""What the source pane shows of a document: its text as it is drawn, and where in that the quote stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from qa.display import visible
from qa.types import Document, Mark, mark_at
from tui.place import Place

TAB = "    "

BLOCK = 1 << 16
"""Characters made visible at once: between two blocks other threads go on."""

MOVED = "The document has changed since this answer; the quote now stands here."
LOST = "The document has changed since; the quote is not in it any more."


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text to be drawn, whose characters `start` to `end` are the quote.

    inserted: offsets of the lines that are not the document's own ("── page 3 ──").
    place: what is shown; elsewhere than in the answer when the quote was found anew.
    note: what the reader should know; empty for none.
    """

    text: str
    start: int
    end: int
    inserted: frozenset[int]
    place: Place
    note: str = ""


def excerpt(document: Document, place: Place) -> Excerpt:
    """The document with the quote marked in it; where the quote is gone, the quote alone above the document."""
    if document.text[place.start : place.end] == place.quote:
        return _marked(document, place)
    start = _nearest(document.text, place.quote, place.start)
    if start is None:
        return _apart(document, place)
    mark = mark_at(document.marks, start)
    line = document.text.count("\n", 0, start) + 1
    end = start + len(place.quote)
    moved = replace(place, start=start, end=end, page=mark.page, heading=mark.heading, line=line)
    return replace(_marked(document, moved), note=MOVED)


def quote_alone(place: Place, note: str) -> Excerpt:
    """The quote as it was stored, without its document, and why."""
    text = drawn(place.quote)
    return Excerpt(text, 0, len(text), frozenset(), place, note)


def drawn(text: str) -> str:
    """The text as it is drawn: every character visible, tabs as spaces, and the end of a page as that of a line."""
    blocks, start = [], 0
    while start < len(text):
        end = start + BLOCK
        # Behind a space, so that nothing that belongs together is cut in two
        end = (text.rfind(" ", start, end) + 1 or end) if end < len(text) else end
        blocks.append(visible(text[start:end].replace("\f", "\n")).replace("\t", TAB))
        start = end
    return "".join(blocks)


def _nearest(text: str, quote: str, start: int) -> int | None:
    """Where the quote stands nearest to where it stood; None where it does not."""
    found = [offset for offset in (text.find(quote, start), text.rfind(quote, 0, start + len(quote))) if offset >= 0]
    return min(found, key=lambda offset: abs(offset - start), default=None)


def _marked(document: Document, place: Place) -> Excerpt:
    text = _Text()
    start = end = done = 0
    pages = [(offset, 1, page) for offset, page in _pages(document.marks)]
    for offset, order, page in sorted([(place.end, 0, ""), *pages, (place.start, 2, "")]):
        text.add(document.text[done:offset])
        done = offset
        if order == 1:
            text.insert(page)
        elif order == 2:
            start = text.size
        else:
            end = text.size
    text.add(document.text[done:])
    return Excerpt(str(text), start, end, frozenset(text.inserted), place)


def _apart(document: Document, place: Place) -> Excerpt:
    text = _Text()
    text.add(place.quote)
    end = text.size
    text.insert("the document now")
    text.add(document.text)
    return Excerpt(str(text), 0, end, frozenset(text.inserted), place, LOST)


def _pages(marks: tuple[Mark, ...]) -> list[tuple[int, str]]:
    """Where pages begin behind the first, and what to call them."""
    return [(mark.start, f"page {mark.page}") for last, mark in pairwise(marks) if mark.page not in (None, last.page)]


class _Text:
    """A text being put together."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self.size = 0
        self.inserted: list[int] = []

    def __str__(self) -> str:
        return "".join(self._pieces)

    def add(self, piece: str) -> None:
        """Add a piece of a document."""
        self._put(drawn(piece))

    def insert(self, name: str) -> None:
        """Add a line of our own."""
        if self._pieces and not self._pieces[-1].endswith("\n"):
            self._put("\n")
        self.inserted.append(self.size)
        self._put(f"── {name} ──\n")

    def _put(self, piece: str) -> None:
        if piece:
            self._pieces.append(piece)
            self.size += len(piece)
