"""What is read: documents, the chunks they are cut into, and how a library lists them. Plain and frozen."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

SourceState = Literal["current", "changed", "gone", "removed"]


@dataclass(frozen=True, slots=True)
class Mark:
    """From `start` to the next mark, the text stands on this page and under this heading.

    `page` counts from 1 and is a page of a PDF or a slide; None for documents without pages.
    `heading` is the nearest heading above ("Sheet1, row 12" in a table); None before the first.
    """

    start: int
    page: int | None = None
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file after reading.

    source: absolute path of the file.
    text: what was read; for plain text exactly the decoded file without its byte order mark.
    kind: the kind of file, named by its usual suffix without the dot ("pdf", "md", "txt", ...).
    sha256: of the file's bytes, in hexadecimal.
    marks: pages and headings, ordered by start; may be empty.
    encoding: how the bytes of a text file were decoded; None for other kinds.
    title: what the document calls itself, if it does.
    notices: what a user should know of the reading ("encoding guessed: cp1252").
    """

    source: str
    text: str
    kind: str
    sha256: str
    marks: tuple[Mark, ...] = ()
    encoding: str | None = None
    title: str | None = None
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chunk:
    """A span of a document that is embedded: `document.text[start:end] == text`, always."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """A document of a library, as `library.sources()` lists it.

    size: bytes of the file when it was read; added: seconds since 1970, UTC.
    """

    source: str
    kind: str
    size: int
    chunks: int
    characters: int
    added: float
    sha256: str
    title: str | None = None
    encoding: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain JSON values."""
        return asdict(self)


def mark_at(marks: Sequence[Mark], offset: int) -> Mark:
    """The mark that the character at `offset` stands under; an empty one where there is none."""
    index = bisect.bisect_right(marks, offset, key=lambda mark: mark.start)
    return marks[index - 1] if index else Mark(0)
