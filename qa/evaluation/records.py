"""What came of each question: the record that every figure is computed from, and that a later run is compared with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from qa.errors import InputError
from qa.types import Message, Status

Outcome = Literal["right", "wrong", "refused", "unjudged", "false", "declined"]

CORRECT: Mapping[Outcome, bool | None] = {
    **{"right": True, "wrong": False, "refused": False, "unjudged": None},
    **{"false": False, "declined": True},
}
"""Whether an outcome is what it should be; None where it is not known."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A citation of an answer, and whether the document has these characters there (looked up anew)."""

    source: str
    page: int | None
    line: int
    start: int
    end: int
    text: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Record:
    """A question and what came of it.

    question, history, kind, answerable, answers, source, span, line: as in `Question`.
    status: as it was answered, with the threshold that is set.
    confidence: the probability that the documents answer the question, as the answer gave it.
    request: what the engine took the question for, as in `Answer.kind`. measured: whether the confidence is a
        probability; that of a request is none, and has no part in the figures of confidence.
    outcome: of a question that the documents answer "right", "wrong" (none of the answers stands in what was said),
        "refused" (not found) or "unjudged" (answered, and it is not known what would be right); of one that they do
        not "false" (answered) or "declined".
    answer: what was said, without marks; without a chat model also what would have been said with a lower threshold.
        Empty where there was nothing to say.
    right: whether that holds one of the answers; False where nothing answers the question, None where not known.
    quotes: the citations of `answer`. found: the sources of the passages, best first.
    source_rank, answer_rank: which passage (from 1) is the first of the right source, and the first that holds an
        answer (of the right source where one is named); 0 for none, None where not known.
    recall, precision: the share of the span's characters that the passages hold, and the share of the passages'
        characters that are the span's, from 0 to 1.
    cited_source, cited_span: whether a citation is of the right source, and shares characters with the span.
    milliseconds: what the question took.
    """

    line: int
    question: str
    history: tuple[Message, ...]
    kind: str | None
    answerable: bool
    answers: tuple[str, ...]
    source: str | None
    span: tuple[int, int] | None
    status: Status
    confidence: float
    request: str
    measured: bool
    outcome: Outcome
    answer: str
    right: bool | None
    quotes: tuple[Quote, ...]
    found: tuple[str, ...]
    source_rank: int | None
    answer_rank: int | None
    recall: float | None
    precision: float | None
    cited_source: bool | None
    cited_span: bool | None
    milliseconds: float

    @property
    def correct(self) -> bool | None:
        """Whether it came out as it should; None where that is not known."""
        return CORRECT[self.outcome]

    @property
    def asked(self) -> tuple[object, ...]:
        """What makes it the same question in two runs: all that the file said of it, but its line and kind."""
        said = tuple((message["role"], message["content"]) for message in self.history)
        return self.question, said, self.answerable, self.answers, self.source, self.span

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain JSON values, and `correct`."""
        return {**asdict(self), "correct": self.correct}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Record:
        """The record that `to_dict` wrote; fields that this version does not know are left out.

        Raises InputError where a field is missing or is of another type than figures can be computed from.
        """
        try:
            known = {name: data[name] for name in cls.__dataclass_fields__}
            quotes = [Quote(**{name: one[name] for name in Quote.__dataclass_fields__}) for one in data["quotes"]]
            span = data["span"]
            record = cls(
                **{
                    **known,
                    "history": tuple(Message(role=one["role"], content=one["content"]) for one in data["history"]),
                    "answers": tuple(data["answers"]),
                    "found": tuple(data["found"]),
                    "quotes": tuple(quotes),
                    "span": None if span is None else (int(span[0]), int(span[1])),
                    "confidence": float(data["confidence"]),
                    "milliseconds": float(data["milliseconds"]),
                }
            )
            hash((record.asked, record.kind, record.found, record.quotes))  # lists where strings should be
            usable = isinstance(record.question, str) and isinstance(record.answer, str) and record.outcome in CORRECT
            said = record.answerable, record.measured, *(one.verified for one in record.quotes)
            usable = usable and all(isinstance(one, bool) for one in said)
            if not usable or not 0 <= record.confidence <= 1 or not all(map(_number, _numbers(record))):
                raise InputError("a record holds what is none of its values")
        except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
            raise InputError(f"this is no record of `quoth eval --json`: {error}") from None
        return record


def _numbers(record: Record) -> tuple[object, ...]:
    ranks = record.source_rank, record.answer_rank
    shares = record.recall, record.precision
    return *ranks, *shares, record.right, record.cited_source, record.cited_span, record.milliseconds


def _number(value: object) -> bool:
    return value is None or (isinstance(value, (bool, int, float)) and math.isfinite(value))
