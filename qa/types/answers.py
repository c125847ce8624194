"""What is asked and answered: messages, passages, citations, the answer, and the events on the way to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypedDict

from qa.errors import InputError
from qa.types.explanations import Explanation
from qa.types.schema import SCHEMA_VERSION, known

Status = Literal["answered", "not_found"]
Support = Literal["supported", "weak", "unsupported"]
Kind = Literal[
    "question",
    "greeting",
    "thanks",
    "abilities",
    "documents",
    "overview",
    "summary",
    "comparison",
    "listing",
    "keyword",
    "writing",
]
"""What a person typed: a question about a fact, or something else that is answered (see `qa.requests`)."""


class Message(TypedDict):
    """One turn of a conversation, as LangChain and most chat APIs write it."""

    role: Literal["user", "assistant", "system"]
    content: str


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
class Sentence:
    """A sentence that a model wrote, and what comparing it with the documents came to.

    start, end: `answer.text[start:end]` is the sentence, with its marks.
    support: "supported" where the documents have its words, numbers, dates and names together in one place that is
        likely to answer the question; "weak" where something of it is elsewhere or other than there, or another place
        answers rather; "unsupported" where something of it is not in what was found at all.
    score: the share of its content words that the place has, from 0 to 1.
    reasons: what speaks against it, in words for a person.
    """

    start: int
    end: int
    support: Support
    score: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that the model counted, over all calls for an answer; None where it does not say."""

    input_tokens: int | None = None
    output_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What Quoth says to a question.

    question: as it was asked.
    standalone_question: what was searched for: the question with what it takes from the conversation.
    text: the answer with its `[1]` marks, or plain words that the documents do not answer.
    status: "answered" or "not_found"; not finding is an answer, not an error.
    confidence: calibrated probability, from 0 to 1, that the documents answer the question. It means nothing for a
        `kind` other than "question" that is answered without a model: 1 where it is answered, else 0.
    citations: what the marks in `text` point at, in their order.
    passages: what was found, best first; for "not_found" the nearest there are.
    model: "quotes" for an answer without a language model, else the model's name.
    timings: milliseconds by step ("search", "answer", "total"; with a model "first_token" and "check" besides).
    unknown_words: words of the question that no document of the library has, as they were written.
    where: the sources and globs that the search was limited to; none for all documents.
    searched, documents: how many documents the search looked into, and how many the library held then; None in an
        answer of a version that did not count them.
    adding: documents were being added to the library at the same time, here or by another process; only those that
        had been added by then were searched.
    sentences: of the text that a model wrote, in their order, each with its support; none without a model.
    usage: the model's tokens. model_settings: what was sent with the question
        ("temperature", "seed", "max_tokens"), as far as the provider takes it.
    explanation: why the answer is as it is; None unless it was asked for, and for a request (see `kind`) that no model
        answers. It is not kept in conversations.
    named: sources whose file names or titles stand in the text beside its quotes, as in a list of the documents.
    kind: what was typed; whatever is no "question" about a fact has the status "answered" where what was asked was
        done, and "not_found" where the document or the thing that it names is not there.
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
    searched: int | None = None
    documents: int | None = None
    adding: bool = False
    sentences: tuple[Sentence, ...] = ()
    usage: Usage | None = None
    model_settings: Mapping[str, float | int] = field(default_factory=dict)
    explanation: Explanation | None = None
    named: tuple[str, ...] = ()
    kind: Kind = "question"

    @property
    def measured(self) -> bool:
        """Whether the confidence is a probability: of a question about a fact, or of what a model wrote."""
        return self.kind == "question" or self.model != "quotes"

    def __str__(self) -> str:
        return "\n".join([self.text, *(["", *map(str, self.citations)] if self.citations else [])])

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain JSON values, with the version of this shape under "schema".

        There is an "explanation" only where one was asked for.
        """
        written = {
            "schema": SCHEMA_VERSION,
            **asdict(self),
            "timings": dict(self.timings),
            "model_settings": dict(self.model_settings),
        }
        if self.explanation is None:
            del written["explanation"]
        return written

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Answer:
        """The answer that `to_dict` wrote, also by a newer version: fields that this one does not know are left out.

        Raises InputError where the schema is another, or a field is missing.
        """
        try:
            if data["schema"] != SCHEMA_VERSION:
                raise InputError(f"an answer of schema {data['schema']!r}, and this version reads {SCHEMA_VERSION}")
            lists: dict[str, Any] = {name: tuple(data.get(name, ())) for name in ("unknown_words", "where", "named")}
            lists["citations"] = tuple(Citation(**known(Citation, item)) for item in data.get("citations", ()))
            lists["sentences"] = tuple(
                Sentence(**{**known(Sentence, item), "reasons": tuple(item.get("reasons", ()))})
                for item in data.get("sentences", ())
            )
            lists["usage"] = Usage(**known(Usage, data["usage"])) if data.get("usage") else None
            explained = data.get("explanation")
            lists["explanation"] = Explanation.from_dict(explained) if explained else None
            lists["passages"] = tuple(Passage(**known(Passage, item)) for item in data.get("passages", ()))
            return cls(**{**known(cls, data), **lists})
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(f"this is no answer as `to_dict` writes it: {error}") from None


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
class Checked:
    """Event of a stream: the text that a model wrote is compared with the documents; this is what it came to.

    text: the whole text as the answer has it, with its marks, which takes the place of the pieces that came before.
    """

    text: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """Last event of a stream: the finished answer."""

    answer: Answer


Event = Searching | Found | Text | Checked | Done
