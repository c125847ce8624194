"""What an answer was made from -> why it is as it is. Nothing is searched, read or weighed anew here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from qa.answering import features, wording
from qa.answering.choosing import chosen
from qa.answering.models import Model, models
from qa.answering.quotes import MOST_WORDS, Reading
from qa.display import percent
from qa.types import (
    Answer,
    Citation,
    Decision,
    Explanation,
    Passage,
    RankedChunk,
    Regression,
    SearchedText,
    SearchedWord,
    WeighedSentence,
    Writing,
)

if TYPE_CHECKING:
    from qa.answering.steps import Looked
    from qa.followups import Search

REASONS = 3
"""Features that are named as what counted most."""


def explained(looked: Looked, candidates: Sequence[Passage], answer: Answer, writing: Writing | None) -> Explanation:
    """Why an answer is as it is.

    looked: the search that it rests on. candidates: of that search, each as a passage of its own, best first.
    writing: what a chat model had to do with it.
    """
    fitted = models()
    return Explanation(
        question=looked.search.text,
        because=looked.search.because,
        texts=tuple(SearchedText(text, weight) for text, weight in looked.search.texts),
        words=tuple(_words(looked.search, looked.reading)),
        chunks=tuple(_chunks(looked, candidates)),
        sentences=tuple(_sentences(looked.reading, answer, writing)),
        sentence_model=_regression(fitted.sentence, features.SENTENCE),
        confidence_model=_regression(fitted.confidence, features.QUESTION),
        decision=_decision(looked.reading, looked.threshold, answer, writing),
        writing=writing,
        narrowed=looked.ranked.narrowed,
        instead=looked.instead,
    )


def _words(search: Search, reading: Reading) -> Iterator[SearchedWord]:
    """The words of the question as it stands alone, then those that only the ranking has."""
    told: set[str] = set()
    for term in reading.question.terms:
        told |= set(term.spelled)
        weight = max(search.words.get(word, 0.0) for word in term.spelled)
        yield SearchedWord(term.text, weight, term.weight, term.held, term.name)
    for word, weight in search.words.items():
        if word not in told:
            yield SearchedWord(word, weight, None, None, name=False)


def _chunks(looked: Looked, candidates: Sequence[Passage]) -> Iterator[RankedChunk]:
    ranked, parts = looked.ranked, looked.ranked.parts
    nearness = {int(row): place for place, row in enumerate(np.argsort(-ranked.cosines, kind="stable"), start=1)}
    passage = {row: number for number, group in enumerate(ranked.groups, start=1) for row in group}
    for rank, (row, found) in enumerate(zip(ranked.order, candidates, strict=True), start=1):
        yield RankedChunk(
            rank=rank,
            source=found.source,
            start=found.start,
            end=found.end,
            page=found.page,
            heading=found.heading,
            line=found.line,
            similarity=found.similarity,
            similarity_rank=nearness[row],
            matched=float(parts.matched[row]),
            by_similarity=float(parts.similarity[row]),
            by_words=float(parts.words[row]),
            by_neighbour=float(parts.neighbour[row]),
            score=found.score,
            found_by="words" if ranked.chunks[row].id in ranked.by_words else "similarity",
            passage=passage.get(row),
        )


def _sentences(reading: Reading, answer: Answer, writing: Writing | None) -> Iterator[WeighedSentence]:
    model = models().sentence
    places = [(passage.source, passage.start) for passage in answer.passages]
    for rank, row in enumerate(np.argsort(-reading.chances, kind="stable"), start=1):
        candidate, values = reading.found[row], reading.of_sentences[row]
        passage = reading.passages[candidate.passage]
        number = _number(candidate.source, candidate.start, candidate.end, answer.citations)
        yield WeighedSentence(
            rank=rank,
            passage=places.index((passage.source, passage.start)) + 1,
            text=candidate.text,
            source=candidate.source,
            start=candidate.start,
            end=candidate.end,
            chance=float(reading.chances[row]),
            values=_named(features.SENTENCE, values),
            contributions=_named(features.SENTENCE, values * model.weights),
            citation=number,
            why=_fate(rank, number, reading, answer, writing),
        )


def _number(source: str, start: int, end: int, citations: Sequence[Citation]) -> int | None:
    """The number of the citation that has these characters."""
    return next((c.number for c in citations if c.source == source and c.start <= start and end <= c.end), None)


def _fate(rank: int, number: int | None, reading: Reading, answer: Answer, writing: Writing | None) -> str:
    """Why a sentence was quoted, or why not."""
    if number is not None:
        return f"quoted as [{number}]" if writing is None else f"[{number}] of the answer points at it"
    if answer.status == "not_found":
        return "the documents do not answer"
    if writing is not None:
        return "no mark of the answer points at it"
    fitted, picked = models(), chosen(reading.chances, models())
    if rank <= len(picked):
        return "it has changed or gone while the question was answered"
    if len(picked) == 1:
        return f"one is enough: the best has {percent(fitted.second)} or more"
    if len(picked) == 2:
        return f"two are enough: together they have {percent(fitted.third)} or more"
    return "three at most are quoted"


def _decision(reading: Reading, threshold: float, answer: Answer, writing: Writing | None) -> Decision:
    model = models().confidence
    confidence = reading.confidence
    if not reading.found:
        return Decision(confidence, threshold, {}, {}, _status(confidence, threshold, answer, writing), ())
    values = _named(features.QUESTION, reading.of_question)
    coefficients = _named(features.QUESTION, model.weights)
    if writing and writing.new:
        reasons: tuple[str, ...] = ()  # the probability decided nothing
    elif confidence >= threshold:
        reasons = wording.speaking_for(values, coefficients, REASONS)
    else:
        unknown = [f"“{word}”" for word in answer.unknown_words[:MOST_WORDS]]
        lacking = [f"no document has {', '.join(unknown)}"] if unknown else []
        reasons = (*lacking, *wording.speaking_against(values, coefficients, REASONS))
    return Decision(
        confidence=confidence,
        threshold=threshold,
        values=values,
        contributions=_named(features.QUESTION, reading.of_question * model.weights),
        why=_status(confidence, threshold, answer, writing),
        reasons=reasons,
    )


def _status(confidence: float, threshold: float, answer: Answer, writing: Writing | None) -> str:
    """Why the status is what it is, in a sentence."""
    sure, least = percent(confidence), f"{threshold:.0%}"
    if writing is None:
        if answer.status == "answered":
            return f"answered: the documents seem to say it ({sure} sure, and {least} is enough)"
        if confidence >= threshold:
            return "not found: what would have been quoted has changed or gone while the question was answered"
        return f"not found: the documents do not seem to say it ({sure} sure that they do, and {least} is the least)"
    said = "answered" if answer.status == "answered" else "not found"
    if writing.new:
        return f"{said}: {writing.why} (that the documents say it is {sure} sure, which decides nothing here)"
    return f"{said}: that the documents say it is {sure} sure ({least} is the least); {writing.why}"


def _regression(model: Model, names: Sequence[str]) -> Regression:
    return Regression(model.intercept, _named(names, model.weights))


def _named(names: Sequence[str], numbers: features.Array) -> Mapping[str, float]:
    return dict(zip(names, map(float, numbers), strict=True))
