"""A question, taken apart: its words, what each weighs in this library, its vectors, and what it asks for."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from qa.answering.candidates import Pooling, Vectors
from qa.answering.wanted import Wanted, wanted
from qa.followups import QUESTION_WEIGHT, Search, search_vector
from qa.words import STOPWORDS, words

_WORD = re.compile(r"\w+")
_ASKING = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b(?: \w+)?", re.IGNORECASE)


class WordCounts(Protocol):
    """For each word, as `qa.words.words` spells it, how many chunks of the library hold it; and the chunks in all."""

    def __call__(self, words: Sequence[str], /) -> tuple[Mapping[str, int], int]: ...


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a question that says what it is about.

    text: as it was written. spelled: as it is compared. weight: its rarity in the library, above 0; less for a word
    that was taken over from the conversation.
    held: how many chunks of the library hold it. name: it is written like a name or holds a digit.
    """

    text: str
    spelled: tuple[str, ...]
    weight: float
    held: int
    name: bool

    @property
    def known(self) -> bool:
        """Some chunk of the library holds it."""
        return self.held > 0


@dataclass(frozen=True, slots=True)
class Question:
    """text: as it was asked.

    vector: shape (dimension,). terms: in their order, each once. term_vectors: shape (terms, dimension).
    asking_vector: of the words that ask ("how many", "which year") within the question, shape (dimension,); an answer
        is near to it. wanted: the kinds of thing they ask for.
    """

    text: str
    vector: Vectors
    terms: tuple[Term, ...]
    term_vectors: Vectors
    asking_vector: Vectors
    wanted: frozenset[Wanted]


def take_apart(search: Search, embedder: Pooling, known: WordCounts) -> Question:
    """The question with what answering needs to know of it.

    What it took over from the conversation weighs as little as it does in the ranking, and asks for nothing.
    """
    text = search.text
    own = search.texts[0][0]
    written = list(_WORD.finditer(text))
    saying = [match for match in written if match.group().lower() not in STOPWORDS]
    matches: dict[tuple[str, ...], re.Match[str]] = {}
    for match in saying or written:
        if spelled := tuple(words(match.group())):
            matches.setdefault(spelled, match)
    counts, total = known(sorted({word for spelled in matches for word in spelled}))
    terms = []
    for spelled, match in matches.items():
        held = min(counts.get(word, 0) for word in spelled)
        part = match.group()
        name = (part[0].isupper() and match.start() > 0) or any(c.isdigit() for c in part)
        emphasis = 1.0 if match.end() <= len(own) else search.words.get(spelled[0], QUESTION_WEIGHT)
        terms.append(Term(part, spelled, emphasis * rarity(held, total), held, name))
    asking = _ASKING.search(own)
    spans = [asking.span() if asking else (0, len(own)), *(match.span() for match in matches.values())]
    vectors = embedder.embed_spans(text, spans)[1]
    return Question(
        own, search_vector(search, embedder.embed_query), tuple(terms), vectors[1:], vectors[0], wanted(own)
    )


def rarity(held: int, total: int) -> float:
    """The inverse document frequency of BM25 (Robertson and Zaragoza 2009, 3.3), plus 1 to stay positive."""
    return math.log(1 + (max(total, held) - held + 0.5) / (held + 0.5))
