"""A question, taken apart: its words, what each weighs in this library, its vectors, and what it asks for."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from qa.answering.candidates import Pooling, Vectors
from qa.answering.wanted import Wanted, wanted
from qa.followups import QUESTION_WEIGHT, Search, search_vector
from qa.words import STOPWORDS, Code, Span, codes, put_together, spoken, words

_ASKING = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b(?: \w+)?", re.IGNORECASE)

_ASKED_OF = """
    according answer answers anything article articles concerning corpus define definition describe described describes
    describing detail details doc docs document documents explain explained explains file files find info information
    know known mean meaning means meant mention mentioned mentions note notes please question questions regarding say
    saying says show something source sources stand stands state stated states summary talk tell text texts using
"""
ABOUT_ASKING = frozenset(_ASKED_OF.split())
"""Words of a question that are about asking and answering. They count where the library has them: "mean" may be one."""

WORDY = 3
"""Letters that a code begins with from which on they may be a word."""


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

    numbered: bool = field(init=False)
    """It is a number, a year or a code, or has one in it."""
    code: bool = field(init=False)
    """It is a code as a whole: "E-1001"."""

    def __post_init__(self) -> None:
        numbered = any(map(str.isdigit, self.text))
        whole = (0, len(self.text))
        object.__setattr__(self, "numbered", numbered)
        object.__setattr__(self, "code", numbered and any((one.start, one.end) == whole for one in codes(self.text)))

    @property
    def known(self) -> bool:
        """Some chunk of the library holds it."""
        return self.held > 0


@dataclass(frozen=True, slots=True)
class Question:
    """text: as it was asked.

    vector: shape (dimension,). terms: in their order, each once. term_vectors: shape (terms, dimension).
    asking_vector: of the words that ask ("how many", "which year") within the question, shape (dimension,); an answer
        is near to it. wanted: the kinds of thing they ask for. said: the answer before it, where it leans on that.
    """

    text: str
    vector: Vectors
    terms: tuple[Term, ...]
    term_vectors: Vectors
    asking_vector: Vectors
    wanted: frozenset[Wanted]
    said: str = ""


def take_apart(search: Search, embedder: Pooling, known: WordCounts) -> Question:
    """The question with what answering needs to know of it.

    What it took over from the conversation weighs as little as it does in the ranking, and asks for nothing.
    """
    text = search.text
    own = search.texts[0][0]
    found = codes(text)
    spans = [match.span() for match in spoken(text)]
    spelled_at = {span: tuple(words(text[slice(*span)])) for span in spans}
    every = {word for spelled in spelled_at.values() for word in spelled} | {code.spelled for code in found}
    counts, total = known(sorted(every))
    found = [code for code in found if _one_word(code, text, counts)]
    spans = put_together(spans, found)
    spelled_at |= {(code.start, code.end): (code.spelled,) for code in found}
    saying = [
        span
        for span in spans
        if (word := text[slice(*span)].lower()) not in STOPWORDS
        and not (word in ABOUT_ASKING and not any(counts.get(spelled) for spelled in spelled_at[span]))
    ]
    places: dict[tuple[str, ...], Span] = {}
    for span in saying or spans:
        if spelled := spelled_at[span]:
            places.setdefault(spelled, span)
    terms = []
    for spelled, (start, end) in places.items():
        held = min(counts.get(word, 0) for word in spelled)
        part = text[start:end]
        name = (part[0].isupper() and start > 0) or any(c.isdigit() for c in part)
        emphasis = 1.0 if end <= len(own) else search.words.get(spelled[0], QUESTION_WEIGHT)
        terms.append(Term(part, spelled, emphasis * rarity(held, total), held, name))
    asking = _ASKING.search(own)
    vectors = embedder.embed_spans(text, [asking.span() if asking else (0, len(own)), *places.values()])[1]
    return Question(
        own,
        search_vector(search, embedder.embed_query),
        tuple(terms),
        vectors[1:],
        vectors[0],
        wanted(own),
        " ".join(search.said.split()),
    )


def _one_word(code: Code, text: str, counts: Mapping[str, int]) -> bool:
    """Whether a code of the question is taken for one word, and not for those that it consists of.

    It is where the library has it; else not what a space parts ("top 10"), nor a word with a number behind, both of
    which the library knows ("mid-2019").
    """
    if counts.get(code.spelled) or text[code.start : code.end].isalnum():
        return True
    worded = len(code.parts[0]) >= WORDY and all(counts.get(word) for part in code.parts for word in words(part))
    return not code.spaced and not worded


def rarity(held: int, total: int) -> float:
    """The inverse document frequency of BM25 (Robertson and Zaragoza 2009, 3.3), plus 1 to stay positive."""
    return math.log(1 + (max(total, held) - held + 0.5) / (held + 0.5))
