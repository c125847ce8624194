"""What a conversation is made of. Plain and frozen, like qa.types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qa.types import Answer

TurnStatus = Literal["asked", "answered", "not_found", "failed", "cancelled", "removed"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation without its turns.

    title: as it was given, or the beginning of the first question; empty before that. Titles may be equal, ids not.
    created, updated: seconds since 1970, UTC; updated is when it was last asked or answered.
    where: the sources and globs that the next question is limited to; none for all documents.
    turns: how many there are.
    """

    id: int
    title: str
    created: float
    updated: float
    where: tuple[str, ...]
    turns: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what became of it.

    asked: seconds since 1970, UTC, when it was first asked.
    status: "asked" until it has ended in one of the others; "removed": its answer was taken out with what it quoted.
    where: what it was limited to; the answer's own `where` is what its search was limited to.
    answer: the answer; one that is asked again keeps the earlier one until there is another.
    error: why the last try failed, also beside an earlier answer; or what a removed answer had quoted or named.
    """

    id: int
    conversation: int
    question: str
    asked: float
    status: TurnStatus
    where: tuple[str, ...]
    answer: Answer | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Quoting:
    """How many answers hold text of some documents, in how many conversations."""

    answers: int
    conversations: int

    def __bool__(self) -> bool:
        return self.answers > 0

    def __str__(self) -> str:
        answers = "1 answer" if self.answers == 1 else f"{self.answers:,} answers"
        return answers + (
            " in 1 conversation" if self.conversations == 1 else f" in {self.conversations:,} conversations"
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A turn that holds the words that were searched for.

    title: of its conversation. text: at most 200 characters of the part that holds most of the words, on one line and
    safe to show. spans: where the words stand in `text`; none where only the title holds them.
    question: what was asked, likewise on one line and safe to show.
    """

    conversation: int
    turn: int
    title: str
    part: Literal["question", "answer", "quote"]
    text: str
    spans: tuple[tuple[int, int], ...]
    asked: float
    question: str = ""
