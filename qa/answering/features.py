"""A question and the sentences found for it -> the numbers that the two regressions read.

Which features: from about twice as many, one after the other was taken out as long as the cross-validated log loss on
the public question sets did not rise. Shares, cosines and leads only: nothing that grows with the library.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa.answering.agreeing import agreement, code_share
from qa.answering.candidates import Candidate
from qa.answering.question import Question, Term
from qa.answering.wanted import Wanted, has
from qa.types import Passage
from qa.words import spoken, words

Array = npt.NDArray[np.float64]

SENTENCE = (
    "cosine", "passage_cosine", "passage_lead", "share_lead", "share_gain_before", "names", "late", "late_lead",
    "asked_lead", "typed", "number", "date", "person", "place", "length", "asks", "agrees",
    "repeats",
)  # fmt: skip
"""The features of a sentence, in the order of the sentence model's weights."""

QUESTION = (
    "best_two",  # either of the two best sentences says the answer
    "cosine",  # of the nearest passage: whether the documents are about this at all
    "sentence_cosine",  # of the nearest sentence
    "share_passage",  # of the question's words, how much the best sentence's passage holds
    "names_passage",  # the same of its names
    "others_passage",  # how near the passage comes to what is asked about them: an age, a captain, to weigh
    "late_spread",  # one passage comes nearer to the question's words than the others
    "stands_out",  # the best sentence does so among the sentences: near words of the topic are in all of them
    "window",  # how near a few words side by side come to the whole question
    "explained",  # how much of the best sentence is about the question
    "number_missing",  # neither the best sentence nor what it stands under has a number, year or code of the question
    "typed_missing",  # it has nothing of the kind that is asked for
    "pairs",  # words that the question has side by side are so here too
    "terms",  # a long question is matched less closely by what answers it
    "contradicted",  # the best sentence is about another year or code than the question
    "code_share",  # of the question's words, how much the codes have that it is about
)
"""The features of a question with what was found for it, in the order of the confidence model's weights."""

BY_HAND: Mapping[str, float] = {"agrees": 2.0, "repeats": -3.0, "contradicted": -6.0, "code_share": 4.0}
"""Weights that are not fitted: of the public questions, too few name a code, or a year that is not there. They make
what would be sure without them ("What was the revenue in 2021?", of a line on 2023) not found, and what stands under
the heading "E-1001" an answer to what E-1001 is; "When was that?" is not answered by what was just said."""

WINDOW = 8
"""Words side by side; 16 tell as much."""

LEAST_SPREAD = 0.05
"""Added to a spread of cosines, which may be none."""

KINDS: tuple[Wanted, ...] = ("number", "date", "person", "place")


@dataclass(frozen=True, slots=True)
class Sentences:
    """features: shape (candidates, len(SENTENCE)). held: weight of each term where the sentence has it, shape
    (candidates, terms). late: the best cosine of each term to a word of the sentence, the same shape."""

    features: Array
    held: Array
    late: Array


def sentence_features(question: Question, passages: Sequence[Passage], found: Sequence[Candidate]) -> Sentences:
    """What is known of each candidate sentence; shares are of the weight of the question's terms, from 0 to 1."""
    weights = np.array([term.weight for term in question.terms])
    names = np.array([term.name for term in question.terms], dtype=bool)
    total = max(float(weights.sum()), 1e-9)
    held = (
        np.array([held_by(question, candidate.words, candidate.heading) for candidate in found]).reshape(
            len(found), len(weights)
        )
        * weights
    )
    late = late_interaction(question, found)
    cosines = np.array([float(candidate.vector @ question.vector) for candidate in found])
    shares = held.sum(axis=1) / total
    lates = late @ weights / total
    asked = np.array([near_asking(question, candidate) for candidate in found])
    rows = []
    for i, candidate in enumerate(found):
        passage = passages[candidate.passage]
        after = i > 0 and found[i - 1].passage == candidate.passage
        gain = np.where(held[i] > 0, 0, held[i - 1]).sum() if after else 0.0
        has_what = {kind: has(kind, candidate.text, question.text) for kind in question.wanted}
        rows.append([
            cosines[i],
            passage.similarity,
            passage.score - passages[0].score,
            _lead(shares, i),
            gain / total,
            held[i][names].sum() / weights[names].sum() if names.any() else 0.5,
            lates[i],
            _lead(lates, i),
            _lead(asked, i),
            any(has_what.values()),
            *(has_what.get(kind, False) - 0.5 * (kind in has_what) for kind in KINDS),
            math.log1p(len(candidate.words)),
            candidate.text.rstrip("\"”’)*_").endswith("?"),
            agreement(question, candidate),
            bool(question.wanted) and not any(has_what.values()) and repeats(question, candidate),
        ])  # fmt: skip
    features = np.array(rows, dtype=float).reshape(len(found), len(SENTENCE))
    return Sentences(features, held, late)


def held_by(question: Question, spelled: Sequence[str], heading: Collection[str] = ()) -> list[float]:
    """For each term of the question, how much of it the words hold, from 0 to 1.

    heading: what stands above them; it counts for numbers, years and codes, of which it says that they are about these.
    """
    present = set(spelled)
    return [
        sum(word in present or (term.numbered and word in heading) for word in term.spelled) / len(term.spelled)
        for term in question.terms
    ]


def late_interaction(question: Question, found: Sequence[Candidate]) -> Array:
    """The best cosine of each term to any word of each sentence (ColBERT, Khattab and Zaharia 2020, eq. 3, by term).

    For a number, year or code that the heading holds, also to a word of that.
    """
    late = np.zeros((len(found), len(question.terms)))
    for i, candidate in enumerate(found):
        if len(candidate.token_vectors) and len(question.terms):
            late[i] = (candidate.token_vectors @ question.term_vectors.T).max(axis=0)
        if len(candidate.heading_vectors):
            above = [j for j, term in enumerate(question.terms) if term.numbered and _in(term, candidate.heading)]
            if above:
                near = (candidate.heading_vectors @ question.term_vectors[above].T).max(axis=0)
                late[i, above] = np.maximum(late[i, above], near)
    return late


def _in(term: Term, spelled: Collection[str]) -> bool:
    return all(word in spelled for word in term.spelled)


def near_asking(question: Question, candidate: Candidate) -> float:
    """The best cosine of the question's asking words to a word that only the sentence has: "who" is near to names."""
    said = {word[0] for word in spoken(question.text.lower())}
    new = [row for row, token in enumerate(candidate.tokens) if token not in said]
    return float((candidate.token_vectors[new] @ question.asking_vector).max()) if new else 0.0


def pairs(question: Question, spelled: Sequence[str]) -> float:
    """The share of the question's neighbouring terms that stand within three words of each other here."""
    where: dict[str, list[int]] = {}
    for place, word in enumerate(spelled):
        where.setdefault(word, []).append(place)
    firsts = [where.get(term.spelled[0], []) for term in question.terms]
    couples = list(itertools.pairwise(firsts))
    near = sum(any(abs(a - b) <= 3 for a in one for b in other) for one, other in couples)
    return near / len(couples) if couples else 0.0


def question_features(
    question: Question, passages: Sequence[Passage], found: Sequence[Candidate], sentences: Sentences, chances: Array
) -> Array:
    """What tells whether the documents answer: shape (len(QUESTION),).

    chances: of each candidate to say the answer, shape (len(found),); there is at least one.
    """
    weights = np.array([term.weight for term in question.terms])
    names = np.array([term.name for term in question.terms], dtype=bool)
    total = max(float(weights.sum()), 1e-9)
    best, *others = (int(i) for i in np.argsort(-chances, kind="stable"))
    second = float(chances[others[0]]) if others else 0.0
    places = np.array([candidate.passage for candidate in found])
    late = {place: sentences.late[places == place].max(axis=0) for place in np.unique(places)}
    lates = [float(near @ weights) / total for near in late.values()]
    inside = np.flatnonzero(places == found[best].passage)
    held = sentences.held[inside].max(axis=0)
    of_best = sentences.features[best]
    others_or_all = ~names if not names.all() else np.ones_like(names)
    return np.array([
        1 - (1 - chances[best]) * (1 - second),
        max(passage.similarity for passage in passages),
        sentences.features[:, SENTENCE.index("cosine")].max(),
        held.sum() / total,
        held[names].sum() / weights[names].sum() if names.any() else 0.5,
        _mean(late[found[best].passage], weights, others_or_all),
        max(lates) - np.mean(lates),
        float(stands_out(sentences.late, best) @ weights) / total,
        float(window(question, [found[i] for i in inside.tolist()]) @ weights) / total,
        explained(question, found[best]),
        number_missing(question, found[best]),
        bool(question.wanted) and not of_best[SENTENCE.index("typed")],
        pairs(question, found[best].words),
        math.log1p(len(weights)),
        agreement(question, found[best]) < 0,
        code_share(question, found[best]),
    ], dtype=float)  # fmt: skip


def repeats(question: Question, candidate: Candidate) -> bool:
    """Whether a sentence was just quoted, in the answer that the question leans on."""
    return bool(question.said) and " ".join(candidate.text.split()) in question.said


def number_missing(question: Question, best: Candidate) -> bool:
    """Whether neither a sentence nor what it stands under, nor the sentence before it, has a number of the question."""
    around = {*best.words, *words(best.context)}
    return any(term.numbered and not around.intersection(term.spelled) for term in question.terms)


def stands_out(late: Array, best: int) -> Array:
    """How far a sentence's cosine to each term is above that of the sentences together, in their spreads."""
    return np.asarray((late[best] - late.mean(axis=0)) / (late.std(axis=0) + LEAST_SPREAD))


def window(question: Question, passage: Sequence[Candidate]) -> Array:
    """The best cosine of each term to a word, in the run of WINDOW words of a passage that is nearest to them all."""
    cosines = np.concatenate([candidate.token_vectors @ question.term_vectors.T for candidate in passage])
    if not cosines.size:
        return np.zeros(len(question.terms))
    runs = np.lib.stride_tricks.sliding_window_view(cosines, min(WINDOW, len(cosines)), axis=0).max(axis=-1)
    weights = np.array([term.weight for term in question.terms])
    return np.asarray(runs[int((runs @ weights).argmax())], dtype=np.float64)


def explained(question: Question, candidate: Candidate) -> float:
    """The mean over a sentence's words of their best cosine to a term of the question."""
    cosines = candidate.token_vectors @ question.term_vectors.T
    return float(cosines.max(axis=1).mean()) if cosines.size else 0.0


def _mean(values: Array, weights: Array, which: npt.NDArray[np.bool_]) -> float:
    return float(values[which] @ weights[which]) / max(float(weights[which].sum()), 1e-9)


def _lead(values: Array, i: int) -> float:
    """How far a value is ahead of the best of the others; 0 where there are none."""
    others = np.delete(values, i)
    return float(values[i] - others.max()) if len(others) else 0.0
