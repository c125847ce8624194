"""Puts extracted text together block by block, and keeps where its pages and headings begin."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.errors import ReadError
from qa.types import Mark

HEADING_LENGTH = 200
"""A heading is shown beside each citation; a paragraph styled as a heading would fill the screen."""

MOST_MARKS = 200_000
"""Marks kept of one file: a hostile one could hold millions, which cost the caller far more memory than their text."""

_UNWANTED = dict.fromkeys([*range(0x09), *range(0x0E, 0x20), 0x7F, 0xAD, 0xFEFF]) | {
    **dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}"),
    **dict.fromkeys([0x0B, 0x0C, 0x85, 0x2028, 0x2029], "\n"),
    **dict(zip(range(0xFB00, 0xFB07), ["ff", "fi", "fl", "ffi", "ffl", "st", "st"], strict=True)),
}
"""Control characters, soft hyphens and lone surrogates; other line ends; and ligatures, which no question holds."""

_LINE_ENDS = re.compile(r"[ \t]*(?:\r\n?|\n)")
_BLANKS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Extract:
    """What a parser took out of a file; the fields are those of Document."""

    kind: str
    text: str
    marks: tuple[Mark, ...] = ()
    title: str | None = None
    notices: tuple[str, ...] = ()


def clean(text: str) -> str:
    """Text that is safe to store and quote: valid Unicode, newlines as ends of lines, no blank space around."""
    text = text.translate(_UNWANTED)
    return _BLANKS.sub("\n\n", _LINE_ENDS.sub("\n", text)).strip()


def one_line(text: str) -> str:
    """Cleaned text on one line, with single spaces."""
    return " ".join(text.translate(_UNWANTED).split())


def clip(heading: str) -> str:
    """A heading for a Mark: one line of bearable length."""
    heading = one_line(heading)
    return heading if len(heading) <= HEADING_LENGTH else heading[: HEADING_LENGTH - 1].rstrip() + "…"


def too_much(limit: int) -> ReadError:
    """The error for a file with more text than `limit` characters."""
    return ReadError(
        f"it holds too much text, more than {limit:,} characters: split it, or raise the setting reading.max_characters"
    )


class Blocks:
    """Collects blocks of text: paragraphs and headings between blank lines, list items and rows below one another.

    limit: most characters altogether; adding more raises ReadError, so that no parser fills the memory.
    """

    def __init__(self, kind: str, limit: int) -> None:
        self.kind = kind
        self.title: str | None = None
        self.notices: list[str] = []
        self._limit = limit
        self._parts: list[str] = []
        self._length = 0
        self._marks: list[Mark] = []
        self._pending: Mark | None = None
        self._page: int | None = None
        self._last_was_line = False

    @property
    def empty(self) -> bool:
        """Whether no text has been added."""
        return not self._parts

    def mark(self, page: int | None = None, heading: str | None = None) -> None:
        """The next block begins this page, under this heading."""
        self._page = page
        self._pending = Mark(0, page, clip(heading or "") or None)

    def heading(self, text: str, gap: str = "\n\n") -> None:
        """A heading, on the page at hand. gap: what parts it from the text before."""
        if text := one_line(text):
            self.mark(self._page, text)
            self._add(text, gap, line=False)

    def paragraph(self, text: str, gap: str = "\n\n") -> None:
        """A block of its own; its line breaks stay. gap: what parts it from the text before."""
        if text := clean(text):
            self._add(text, gap, line=False)

    def line(self, text: str) -> None:
        """A list item or a table's row: one line, directly under the line before it."""
        if text := one_line(text):
            self._add(text, "\n" if self._last_was_line else "\n\n", line=True)

    def break_lines(self) -> None:
        """The next line begins another list or table."""
        self._last_was_line = False

    def extract(self) -> Extract:
        """What was collected. Raises ReadError where there is no text."""
        if self.empty:
            raise ReadError("it holds no text")
        title = clip(self.title or "") or None
        return Extract(self.kind, "".join(self._parts), tuple(self._marks), title, tuple(self.notices))

    def _add(self, text: str, gap: str, *, line: bool) -> None:
        gap = gap if self._parts else ""
        start = self._length + len(gap)
        self._length = start + len(text)
        if self._length > self._limit:
            raise too_much(self._limit)
        if self._pending is not None:
            self._mark_at(start, self._pending)
            self._pending = None
        self._parts += [gap, text] if gap else [text]
        self._last_was_line = line

    def _mark_at(self, start: int, mark: Mark) -> None:
        if len(self._marks) < MOST_MARKS:
            self._marks.append(Mark(start, mark.page, mark.heading))
        elif len(self._marks) == MOST_MARKS:
            self._marks.append(Mark(start))  # what comes now does not stand under the last heading kept
            self.notices.append(f"places are told apart for the first {MOST_MARKS:,} headings, rows or pages only")
