"""What flows through Quoth, from a file to an answer. Plain, frozen, without behaviour that needs a library."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypedDict

from qa.errors import InputError

Status = Literal["answered", "not_found"]
SourceState = Literal["current", "changed", "gone", "removed"]

SCHEMA_VERSION = 1
"""Version of every JSON object that Quoth prints; it rises when a field changes its meaning or goes."""


class Message(TypedDict):
    """One turn of a conversation, as LangChain and most chat APIs write it."""

    role: Literal["user", "assistant", "system"]
    content: str


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
class Passage:
    """A span of a document found for a question, best first in every list.

    score: what passages are ranked by, from 0 to about 1; comparable within one search only.
    similarity: cosine of the question and the passage, from -1 to 1.
    start, end: `library.text(source)[start:end] == text`.
    page, heading, line: where it stands; `line` counts from 1 in the document's text.
    sha256: of the bytes of the file that the text was read from.
    """

    text: str
    source: str
    start: int
    end: int
    score: float
    similarity: float
    page: int | None
    heading: str | None
    line: int
    sha256: str

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Citation:
    """One place in a document that an answer rests on; `[number]` in the answer's text points at it.

    quote: the document's own words; for a verified citation
        `library.text(source)[start:end] == quote`.
    page, heading, line: where the quote starts; `line` counts from 1 in the document's text.
    sha256: of the bytes of the file that the text was read from; another hash on disk means it has changed since.
    verified: the quote was compared with the document's text when the answer was made, and is equal.
    """

    number: int
    quote: str
    source: str
    page: int | None
    heading: str | None
    line: int
    start: int
    end: int
    sha256: str
    verified: bool

    def __str__(self) -> str:
        return f"[{self.number}] {self.place}"

    @property
    def place(self) -> str:
        """Where it stands, for a person: the source, then the page or the line, then the heading."""
        where = f"p. {self.page}" if self.page is not None else f"line {self.line}"
        return ", ".join(part for part in (self.source, where, self.heading) if part)

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Answer:
    """What Quoth says to a question.

    question: as it was asked.
    standalone_question: what was searched for: the question with what it takes from the conversation.
    text: the answer with its `[1]` marks, or plain words that the documents do not answer.
    status: "answered" or "not_found"; not finding is an answer, not an error.
    confidence: calibrated probability, from 0 to 1, that the documents answer the question.
    citations: what the marks in `text` point at, in their order.
    passages: what was found, best first; for "not_found" the nearest there are.
    model: "quotes" for an answer without a language model, else the model's name.
    timings: milliseconds by step ("search", "answer", "total").
    unknown_words: words of the question that no document of the library has, as they were written.
    where: the sources and globs that the search was limited to; none for all documents.
    """

    question: str
    standalone_question: str
    text: str
    status: Status
    confidence: float
    citations: tuple[Citation, ...] = ()
    passages: tuple[Passage, ...] = ()
    model: str = "quotes"
    timings: Mapping[str, float] = field(default_factory=dict)
    unknown_words: tuple[str, ...] = ()
    where: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([self.text, *(["", *map(str, self.citations)] if self.citations else [])])

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain JSON values, with the version of this shape under "schema"."""
        return {"schema": SCHEMA_VERSION, **asdict(self), "timings": dict(self.timings)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Answer:
        """The answer that `to_dict` wrote, also by a newer version: fields that this one does not know are left out.

        Raises InputError where the schema is another, or a field is missing.
        """
        try:
            if data["schema"] != SCHEMA_VERSION:
                raise InputError(f"an answer of schema {data['schema']!r}, and this version reads {SCHEMA_VERSION}")
            lists: dict[str, Any] = {name: tuple(data.get(name, ())) for name in ("unknown_words", "where")}
            lists["citations"] = tuple(Citation(**_known(Citation, item)) for item in data.get("citations", ()))
            lists["passages"] = tuple(Passage(**_known(Passage, item)) for item in data.get("passages", ()))
            return cls(**{**_known(cls, data), **lists})
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(f"this is no answer as `to_dict` writes it: {error}") from None


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was left out, and why, in words that say what to do."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an add, update or rebuild did. Each tuple holds sources (absolute paths) in the order of the work.

    chunks: chunks of the added and updated documents; `embedded` of them were not known and were computed.
    notices: lines a person should read, such as an empty folder from which nothing was removed.
    cancelled: it was interrupted; what is listed is done and kept.
    """

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    chunks: int = 0
    embedded: int = 0
    seconds: float = 0.0
    notices: tuple[str, ...] = ()
    cancelled: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON values, with the version of this shape under "schema"."""
        return {"schema": SCHEMA_VERSION, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Changes:
    """How the disk differs from the library, by source."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone)


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


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an add stands: `done` of `total` files, and the file at hand (for "compiling" and "waiting", a line).

    "checking" is of an examination (`Library.doctor`): `done` of `total` of what `source` says.
    """

    stage: Literal["waiting", "compiling", "reading", "indexing", "checking"]
    done: int
    total: int
    source: str = ""
    chunks: int = 0


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Searching:
    """Event of a stream: the search for this standalone question has begun."""

    question: str


@dataclass(frozen=True, slots=True)
class Found:
    """Event of a stream: these passages were found."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Event of a stream: the next piece of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """Last event of a stream: the finished answer."""

    answer: Answer


Event = Searching | Found | Text | Done


def mark_at(marks: Sequence[Mark], offset: int) -> Mark:
    """The mark that the character at `offset` stands under; an empty one where there is none."""
    index = bisect.bisect_right(marks, offset, key=lambda mark: mark.start)
    return marks[index - 1] if index else Mark(0)


def _known(kind: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that are fields of this dataclass."""
    return {name: data[name] for name in kind.__dataclass_fields__ if name in data}
