"""An answer's text as it is put together: lines of fixed words, and quotes that are cited, each place once."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
    standalone: str | None = None
    confidence: float | None = None


@dataclass(slots=True)
class Lines:
    """The lines of a text, with the citations that its marks point at."""

    document_of: DocumentOf
    lines: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    def say(self, line: str) -> None:
        """Add a line of fixed words, and of names that have been through `legible`."""
        self.lines.append(line)

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


def called(source: str) -> str:
    """The name of a source's file, as an answer's text has it."""
    return legible(Path(source).name)


def joined(names: Sequence[str], most: int = 5) -> str:
    """Names in a row: "a, b and c", or with the number of those that are left out."""
    shown_names = list(names[:most])
    if more := len(names) - len(shown_names):
        shown_names.append(f"{more:,} more")
    return " and ".join(filter(None, [", ".join(shown_names[:-1]), shown_names[-1]]))
