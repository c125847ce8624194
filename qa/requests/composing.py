"""An answer's text as it is put together: lines of fixed words, and quotes that are cited, each place once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from qa.answering.citations import DocumentOf, cite, shown
from qa.display import visible
from qa.types import Citation, Kind, Passage, Status

_BULLET = re.compile(r"[-*+•‣▪–]\s+")


@dataclass(frozen=True, slots=True)
class Composed:
    """What a request comes to; fields as in `Answer`.

    standalone: how it was understood, where that is not as typed. confidence: None where it means nothing.
    """

    kind: Kind
    text: str
    status: Status = "answered"
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    unknown_words: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    standalone: str | None = None
    confidence: float | None = None


@dataclass(slots=True)
class Lines:
    """The lines of a text, with the citations that its marks point at."""

    document_of: DocumentOf
    lines: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    named: dict[str, None] = field(default_factory=dict)
    """The sources that `name` was called for, in their order; an answer must be found by them when one is removed."""

    def say(self, line: str) -> None:
        """Add a line of fixed words, of names from `name`, and of words that have been through `legible`."""
        self.lines.append(line)

    def name(self, source: str, title: str | None = None, *, title_first: bool = False) -> str:
        """What a line calls a document: its file's name, with its title behind it in brackets, or before it."""
        self.named[source] = None
        name = legible(Path(source).name)
        if not title:
            return name
        return f"{legible(title)} ({name})" if title_first else f"{name} ({legible(title)})"

    def quote(self, source: str, start: int, end: int, before: str = "") -> bool:
        """Add a document's words as an item, with their mark; False where the document has gone meanwhile."""
        try:
            words = self.document_of(source).text[start:end]
        except LookupError:
            return False
        if bullet := _BULLET.match(words):  # the item's own, beside which ours would stand
            start, words = start + bullet.end(), words[bullet.end() :]
        citation = cite(len(self.citations) + 1, source, start, end, words, self.document_of)
        if citation is None:
            return False
        self.citations.append(citation)
        self.lines.append(f"- {before}{shown(words)} [{citation.number}]")
        return True

    @property
    def text(self) -> str:
        """The whole."""
        return "\n".join(self.lines).strip()


def legible(name: str) -> str:
    """A name out of a document or of a file, safe to stand in an answer's text: no control, and no mark like ours."""
    return shown(visible(name, one_line=True))
