"""What answering a request needs of a library, in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qa.answering.candidates import Candidate, Pooling, candidates
from qa.answering.features import Array, question_features, sentence_features
from qa.answering.models import models
from qa.answering.question import Question, take_apart
from qa.followups import Search, search_for
from qa.requests.central import readable
from qa.retrieval import Retriever
from qa.sentences import LINE_KINDS
from qa.types import Message, Passage, Source
from qa.where import Allowed
from qa.words import words

if TYPE_CHECKING:
    from qa.holdings import Holdings


@dataclass(frozen=True, slots=True)
class Looked:
    """Passages that were found for some words, and their sentences, each with how much of the words it holds.

    shares: of the words' weight, that a sentence holds itself; within: that its passage, with its heading and the name
        of its file, holds.
    chances: that a sentence answers, as for a question. whole: 1 where it can be read by itself, and is no row, else 0.
    All of shape (len(found),). confidence: that the documents answer, as for a question.
    """

    asked: Question
    passages: tuple[Passage, ...]
    found: tuple[Candidate, ...]
    shares: Array
    within: Array
    chances: Array
    whole: Array
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Shelf:
    """The documents that a request may look into, and the conversation it stands in.

    allowed: as in `Retriever.search`. history: oldest first.
    """

    catalog: Holdings
    retriever: Retriever
    embedder: Pooling
    allowed: Allowed | None
    history: Sequence[Message]

    def sources(self) -> list[Source]:
        """The documents, ordered by path."""
        every = self.catalog.sources()
        if self.allowed is None:
            return every
        paths = {path for paths in self.allowed.values() for path in paths}
        return [one for one in every if one.source in paths]

    def passages(self, text: str, k: int) -> list[Passage]:
        """The best passages for words that stand alone."""
        return self.retriever.search(search_for(text, ()), k, self.allowed)

    def look(self, search: Search, k: int) -> Looked:
        """Search, and read every passage that was found."""
        import numpy as np

        passages = tuple(self.retriever.search(search, k, self.allowed))
        asked = take_apart(search, self.embedder, self.retriever.known)
        found = tuple(candidates(passages, self.retriever.document, self.embedder))
        if not found:
            none = np.zeros(0)
            return Looked(asked, passages, (), none, none, none, none)
        weights = {word: term.weight for term in asked.terms for word in term.spelled}
        total = sum(weights.values()) or 1.0
        around = [
            frozenset(words(f"{Path(one.source).stem} {one.heading or ''} {one.text}".replace("_", " ")))
            for one in passages
        ]

        def share(held: frozenset[str]) -> float:
            return sum(weight for word, weight in weights.items() if word in held) / total

        shares = np.array([share(frozenset(one.words) | _numbered(asked, one)) for one in found])
        within = np.array([share(around[one.passage]) for one in found])
        sentences = sentence_features(asked, passages, found)
        chances = models().sentence(sentences.features)
        of_question = question_features(asked, passages, found, sentences, chances)
        confidence = float(models().confidence(of_question[np.newaxis])[0])
        kinds = [self.retriever.document(one.source).kind for one in found]
        whole = np.array(
            [float(kind not in LINE_KINDS and readable(one.text)) for one, kind in zip(found, kinds, strict=True)]
        )
        return Looked(asked, passages, found, shares, within, chances, whole, confidence)


def _numbered(asked: Question, one: Candidate) -> frozenset[str]:
    """The numbers and codes of the words that a sentence stands under."""
    return one.heading.intersection(word for term in asked.terms if term.numbered for word in term.spelled)
