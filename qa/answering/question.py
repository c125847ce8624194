"""A question, taken apart: its words, what each weighs in this library, its vectors, and what it asks for."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from qa.answering.candidates import Pooling, Vectors
from qa.answering.wanted import Wanted, wanted
from qa.words import STOPWORDS, words

_WORD = re.compile(r"\w+")


class WordCounts(Protocol):
    """For each word, as `qa.words.words` spells it, how many chunks of the library hold it; and the chunks in all."""

    def __call__(self, words: Sequence[str], /) -> tuple[Mapping[str, int], int]: ...


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a question that says what it is about.

    text: as it was written. spelled: as it is compared. weight: its rarity in the library, above 0.
    known: some chunk of the library holds it. name: it is written like a name or holds a digit.
    """

    text: str
    spelled: tuple[str, ...]
    weight: float
    known: bool
    name: bool


@dataclass(frozen=True, slots=True)
class Question:
    """vector: shape (dimension,). terms: in their order, each once. term_vectors: shape (terms, dimension)."""

    text: str
    vector: Vectors
    terms: tuple[Term, ...]
    term_vectors: Vectors
    wanted: frozenset[Wanted]


def take_apart(question: str, embedder: Pooling, known: WordCounts, vector: Vectors | None = None) -> Question:
    """The question with what answering needs to know of it; `vector` is that of `embed_query`, where it is at hand."""
    vector = embedder.embed_query(question) if vector is None else vector
    written = list(_WORD.finditer(question))
    saying = [match for match in written if match.group().lower() not in STOPWORDS]
    matches: dict[tuple[str, ...], re.Match[str]] = {}
    for match in saying or written:
        if spelled := tuple(words(match.group())):
            matches.setdefault(spelled, match)
    counts, total = known(sorted({word for spelled in matches for word in spelled}))
    terms = []
    for spelled, match in matches.items():
        held = min(counts.get(word, 0) for word in spelled)
        text = match.group()
        name = (text[0].isupper() and match.start() > 0) or any(c.isdigit() for c in text)
        terms.append(Term(text, spelled, rarity(held, total), held > 0, name))
    spans = [match.span() for match in matches.values()]
    vectors = embedder.embed_spans(question, spans)[1] if spans else np.zeros((0, len(vector)), np.float32)
    return Question(question, vector, tuple(terms), vectors, wanted(question))


def rarity(held: int, total: int) -> float:
    """The inverse document frequency of BM25 (Robertson and Zaragoza 2009, 3.3), plus 1 to stay positive."""
    return math.log(1 + (max(total, held) - held + 0.5) / (held + 0.5))
