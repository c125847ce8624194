"""Why an answer is as it is: the very numbers that led to it. Made only for `ask(..., explain=True)`.

Numbers are not rounded, so that they add up: the parts of a chunk's score to its score, and the contributions of a
sentence or of the decision, with the model's intercept, to the logit of its probability.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from qa.types.schema import known


@dataclass(frozen=True, slots=True)
class SearchedText:
    """A text whose vector was searched for, and its weight in the sum of vectors."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class SearchedWord:
    """A word that was searched for.

    text: as it was written, or where only its spelling for comparing is kept, that ("presid").
    weight: in the ranking by words: 1 for a word of the question, less for one taken over from the conversation.
    rarity: what it weighs when sentences are read, more where fewer chunks have it; None for a word that only ranks.
    chunks: how many chunks of the library have it; None for a word that only ranks.
    name: it is written like a name, or has a digit.
    """

    text: str
    weight: float
    rarity: float | None
    chunks: int | None
    name: bool


@dataclass(frozen=True, slots=True)
class RankedChunk:
    """A chunk that was a candidate, and what its score is made of.

    rank: by score, from 1. similarity: cosine to what was searched for; similarity_rank: by it, from 1.
    matched: its BM25, with its title, by the highest of the candidates, from 0 to 1.
    by_similarity + by_words + by_neighbour = score, which is held between 0 and 1: shares of `similarity` (where the
        question was narrowed, half of it to that) and of `matched`, and what a better chunk beside it lends.
    found_by: "similarity" for one of the nearest, "words" for one that has rare words of the question instead.
    passage: number of the passage that it became (a part of), from 1; None for none.
    """

    rank: int
    source: str
    start: int
    end: int
    page: int | None
    heading: str | None
    line: int
    similarity: float
    similarity_rank: int
    matched: float
    by_similarity: float
    by_words: float
    by_neighbour: float
    score: float
    found_by: Literal["similarity", "words"]
    passage: int | None


@dataclass(frozen=True, slots=True)
class Regression:
    """A logistic regression: probability = 1 / (1 + exp(-(intercept + sum(coefficient * value)))).

    coefficients: by the names of the features; qa/answering/features.py says what each is.
    """

    intercept: float
    coefficients: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class WeighedSentence:
    """A sentence that might have been quoted.

    rank: by chance, from 1. passage: number of its passage, from 1. start, end: in the document's text.
    chance: that it says the answer. values: of its features. contributions: values by the coefficients of the model.
    citation: number of the citation that it stands in; None where it was not quoted. why: it was quoted or not.
    """

    rank: int
    passage: int
    text: str
    source: str
    start: int
    end: int
    chance: float
    values: Mapping[str, float]
    contributions: Mapping[str, float]
    citation: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the documents answer.

    confidence: probability that they do. threshold: from which on that is an answer.
    values, contributions: as in `WeighedSentence`; none where nothing was found to read.
    why: the status, in a sentence. reasons: what counted most, in words.
    """

    confidence: float
    threshold: float
    values: Mapping[str, float]
    contributions: Mapping[str, float]
    why: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Writing:
    """What a chat model had to do with an answer.

    model: its name. asked: whether it was asked to answer. why: it was not, or what came of comparing what it wrote.
    worth: the mean of its sentences, 1 for a supported one; None where there were none to compare.
    new: a new text was asked for, a letter, which needs no document to have it: no threshold decided the status.
    """

    model: str
    asked: bool
    why: str
    worth: float | None
    new: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an answer is as it is, from what was searched for to the status.

    question: what was searched for, as a person reads it. because: why it was or was not taken as a follow-up.
    texts, words: what was searched for in truth. narrowed: the question without the words that many candidates hold, to
    which they were compared as well; None where that is the question itself. instead: words of the documents that were
    searched for besides, since the question may have misspelled them. chunks: the candidates, best first.
    sentences: those of the passages that were read, best first. sentence_model, confidence_model: what gave the chances
    and the decision's confidence.
    writing: None for an answer without a language model.
    """

    question: str
    because: str
    texts: tuple[SearchedText, ...]
    words: tuple[SearchedWord, ...]
    chunks: tuple[RankedChunk, ...]
    sentences: tuple[WeighedSentence, ...]
    sentence_model: Regression
    confidence_model: Regression
    decision: Decision
    writing: Writing | None = None
    narrowed: str | None = None
    instead: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Explanation:
        """The explanation that `Answer.to_dict` wrote, without fields that this version does not know."""
        lists = {"texts": SearchedText, "words": SearchedWord, "chunks": RankedChunk, "sentences": WeighedSentence}
        parts: dict[str, Any] = {
            name: tuple(kind(**known(kind, item)) for item in data[name]) for name, kind in lists.items()
        }
        for name in ("sentence_model", "confidence_model"):
            parts[name] = Regression(**known(Regression, data[name]))
        decided = known(Decision, data["decision"])
        parts["decision"] = Decision(**{**decided, "reasons": tuple(decided["reasons"])})
        parts["writing"] = Writing(**known(Writing, data["writing"])) if data.get("writing") else None
        parts["instead"] = tuple(data.get("instead", ()))
        return cls(**{**known(cls, data), **parts})
