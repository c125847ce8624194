"""A question and the sentences found for it -> the numbers that the two regressions read."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa.answering.candidates import Candidate
from qa.answering.question import Question
from qa.answering.wanted import Wanted, has, new_names
from qa.types import Passage
from qa.words import words

Array = npt.NDArray[np.float64]

SENTENCE = (
    "cosine", "cosine_lead", "passage_cosine", "passage_lead", "share", "share_lead", "share_gain_before",
    "share_gain_heading", "names", "late", "late_lead", "late_weakest", "pairs", "typed", "typed_missing",
    "number", "date", "person", "place", "reason", "new_name", "length", "short", "first", "place_in_passage", "asks",
    "unfinished",
)  # fmt: skip
"""The features of a sentence, in the order of `Model.weights`."""

KINDS: tuple[Wanted, ...] = ("number", "date", "person", "place", "reason")

_FINISHED = re.compile(r"[.!?:;…|]['\"”’)\]*_]*$")


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
        np.array([held_by(question, candidate.words) for candidate in found]).reshape(len(found), len(weights))
        * weights
    )
    late = late_interaction(question, found)
    cosines = np.array([float(candidate.vector @ question.vector) for candidate in found])
    shares = held.sum(axis=1) / total
    lates = late @ weights / total
    rows = []
    for i, candidate in enumerate(found):
        passage = passages[candidate.passage]
        before = (
            held[i - 1]
            if i and found[i - 1].end <= candidate.start and found[i - 1].passage == candidate.passage
            else 0 * weights
        )
        heading = np.array(held_by(question, _heading_words(passage)))
        got = held[i]
        has_what = {kind: has(kind, candidate.text, question.text) for kind in question.wanted}
        length = len(candidate.words)
        size = max(len(passage.text), 1)
        rows.append([
            cosines[i],
            cosines[i] - _best_other(cosines, i),
            passage.similarity,
            passage.score - passages[0].score,
            shares[i],
            shares[i] - _best_other(shares, i),
            float(np.where(got > 0, 0, before).sum()) / total,
            float(np.where(got > 0, 0, heading * weights).sum()) / total,
            float(got[names].sum() / weights[names].sum()) if names.any() else 0.5,
            lates[i],
            lates[i] - _best_other(lates, i),
            float(late[i].min()) if len(weights) else 0.0,
            pairs(question, candidate.words),
            float(any(has_what.values())),
            float(bool(has_what) and not any(has_what.values())),
            *(float(has_what.get(kind, False)) - 0.5 * (kind in has_what) for kind in KINDS),
            float(bool(new_names(candidate.text, question.text))),
            math.log1p(length),
            float(length < 5),
            float(candidate.index == 0),
            (candidate.start - passage.start) / size,
            float(candidate.text.rstrip("\"”’)*_").endswith("?")),
            float(not _FINISHED.search(candidate.text)),
        ])  # fmt: skip
    features = np.array(rows, dtype=float).reshape(len(found), len(SENTENCE))
    return Sentences(features, held, late)


def held_by(question: Question, spelled: Sequence[str]) -> list[float]:
    """For each term of the question, how much of it the words hold, from 0 to 1."""
    present = set(spelled)
    return [sum(word in present for word in term.spelled) / len(term.spelled) for term in question.terms]


def late_interaction(question: Question, found: Sequence[Candidate]) -> Array:
    """The best cosine of each term to any word of each sentence (ColBERT, Khattab and Zaharia 2020, eq. 3, by term)."""
    late = np.zeros((len(found), len(question.terms)))
    for i, candidate in enumerate(found):
        if len(candidate.word_vectors) and len(question.terms):
            late[i] = (candidate.word_vectors @ question.term_vectors.T).max(axis=0)
    return late


def pairs(question: Question, spelled: Sequence[str]) -> float:
    """The share of the question's neighbouring terms that stand within three words of each other here."""
    where: dict[str, list[int]] = {}
    for place, word in enumerate(spelled):
        where.setdefault(word, []).append(place)
    firsts = [where.get(term.spelled[0], []) for term in question.terms]
    couples = list(itertools.pairwise(firsts))
    near = sum(any(abs(a - b) <= 3 for a in one for b in other) for one, other in couples)
    return near / len(couples) if couples else 0.0


def _heading_words(passage: Passage) -> list[str]:
    return words(passage.heading or "")


def _best_other(values: Array, i: int) -> float:
    others = np.delete(values, i)
    return float(others.max()) if len(others) else float(values[i])


QUESTION = (
    "best", "best_two", "cosine", "sentence_cosine", "cosine_lead", "share_sentence", "share_passage", "share_all",
    "unknown", "names_passage", "names_all", "late_sentence", "late_passage", "late_all", "weakest_sentence",
    "weakest_passage", "weakest_all", "names_late", "typed", "typed_missing", "pairs", "terms", "agree",
)  # fmt: skip
"""The features of a question with what was found for it, in the order of the confidence model's weights."""


def question_features(
    question: Question, passages: Sequence[Passage], found: Sequence[Candidate], sentences: Sentences, chances: Array
) -> Array:
    """What tells whether the documents answer: shape (len(QUESTION),). chances: of each candidate, from 0 to 1."""
    weights = np.array([term.weight for term in question.terms])
    names = np.array([term.name for term in question.terms], dtype=bool)
    unknown = np.array([not term.known for term in question.terms], dtype=bool)
    total = max(float(weights.sum()), 1e-9)
    order = np.argsort(-chances, kind="stable")
    best = int(order[0])
    second = float(chances[order[1]]) if len(order) > 1 else 0.0
    inside = np.array([c.passage == found[best].passage for c in found])
    similarities = sorted((p.similarity for p in passages), reverse=True)
    cosines = sentences.features[:, SENTENCE.index("cosine")]

    def share(rows: npt.NDArray[np.bool_], among: npt.NDArray[np.bool_] | None = None) -> float:
        held = sentences.held[rows].max(axis=0)
        if among is None:
            return float(held.sum() / total)
        return float(held[among].sum() / weights[among].sum()) if among.any() else 0.5

    def late(rows: npt.NDArray[np.bool_]) -> float:
        return float(sentences.late[rows].max(axis=0) @ weights / total)

    def weakest(rows: npt.NDArray[np.bool_]) -> float:
        return float(sentences.late[rows].max(axis=0).min()) if len(weights) else 0.0

    just = np.arange(len(found)) == best
    every = np.ones(len(found), dtype=bool)
    row = dict(zip(SENTENCE, sentences.features[best], strict=True))
    named = sentences.late[inside].max(axis=0)[names] if names.any() else np.array([0.5])
    return np.array([
        float(chances[best]),
        1 - (1 - float(chances[best])) * (1 - second),
        similarities[0],
        float(cosines.max()),
        similarities[0] - similarities[-1],
        share(just), share(inside), share(every),
        float(weights[unknown].sum()) / total,
        share(inside, names), share(every, names),
        late(just), late(inside), late(every),
        weakest(just), weakest(inside), weakest(every),
        float(named.min()),
        row["typed"], row["typed_missing"], row["pairs"],
        math.log1p(len(weights)),
        float(int(cosines.argmax()) == best),
    ])  # fmt: skip
