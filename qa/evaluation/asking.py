"""Puts the questions to a library, and records what came of each."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from qa.errors import InputError, QuothError, SourceNotFound
from qa.evaluation.matching import holds, unmarked
from qa.evaluation.questions import Question
from qa.evaluation.records import Outcome, Quote, Record
from qa.library import Library
from qa.places import absolute
from qa.questions import QUOTES
from qa.settings import Settings
from qa.types import Answer, Citation, Done, OnProgress, Passage, Progress

if TYPE_CHECKING:
    from qa.chat_models import Model


def ask_all(
    library: Library,
    questions: Sequence[Question],
    gold: Gold,
    model: Model | None,
    say: OnProgress,
    stop: threading.Event,
) -> tuple[list[Record], str | None]:
    """The records of the questions in their order, and, where not all were asked, why it stopped.

    Raises InputError for a span that cannot be meant, and what `Library.ask` raises for the first question; an error at
    a later one stops there, and what was asked is kept.
    """
    settings = library.settings
    quoting = (model or settings.answer.model) == QUOTES
    # What would be said below the threshold is told too, so that every threshold can be looked at. A chat model is
    # asked as it is set: to ask it more would cost, and it takes part in deciding.
    asked = lowered(settings) if quoting else settings
    records: list[Record] = []
    expected = [gold.of(question) for question in questions]  # says what is wrong before the first is asked
    with Library(library.folder, create=False, settings=asked) as opened:
        opened.prepare(progress=say)
        for number, (question, (sources, span)) in enumerate(zip(questions, expected, strict=True)):
            say(Progress("asking", number, len(questions)))
            try:
                answer = _answer(opened, question, model, stop)
            except QuothError as error:
                if not records:
                    raise
                return records, str(error)
            if answer is None:
                return records, "interrupted"
            records.append(record(opened, question, sources, span, answer, settings.answer.threshold))
    return records, None


def lowered(settings: Settings) -> Settings:
    """The settings with a threshold that every confidence reaches."""
    return settings.model_copy(update={"answer": settings.answer.model_copy(update={"threshold": 0.0})})


def _answer(library: Library, question: Question, model: Model | None, stop: threading.Event) -> Answer | None:
    """The answer; None where it was interrupted before there was one."""
    if stop.is_set():
        return None
    for event in library.stream(question.question, history=question.history, model=model, cancel=stop):
        if isinstance(event, Done):
            return event.answer
    return None


class Gold:
    """What the questions' sources and spans mean in a library.

    missing: sources that no document of the library is, as they were written, in their order.
    """

    def __init__(self, library: Library, folder: Path | None = None) -> None:
        """folder: what relative sources are relative to, if they are paths of files."""
        self._folder = folder or Path()
        self._lengths = {source.source: source.characters for source in library.sources()}
        self._found: dict[str, frozenset[str]] = {}

    @property
    def missing(self) -> tuple[str, ...]:
        """Of the questions that were looked at."""
        return tuple(written for written, found in self._found.items() if not found)

    def of(self, question: Question) -> tuple[frozenset[str], tuple[int, int] | None]:
        """The documents that are the question's source, none where it has none, and its span.

        Raises InputError for a span that does not lie in one document.
        """
        if question.source is None:
            return frozenset(), None
        if question.source not in self._found:
            self._found[question.source] = frozenset(self._named(question.source))
        sources, span = self._found[question.source], question.span
        if span and len(sources) > 1:
            raise InputError(
                f'{question.place}: a span needs a "source" that names one document, and {question.source!r} '
                f"names {len(sources):,}; write more of the path"
            )
        if span and sources:
            (source,) = sources
            length = self._lengths[source]
            if span[1] > length:
                raise InputError(
                    f"{question.place}: the span ends at {span[1]:,}, and {source} has {length:,} characters"
                )
        return sources, span

    def _named(self, written: str) -> Iterable[str]:
        """The documents that a source means: the file of this path, or all whose path ends so."""
        path = str(absolute(self._folder / written))
        exact = [source for source in self._lengths if source in (written, path)]
        ending = "/" + written.removeprefix("./")
        return (
            exact
            or [source for source in self._lengths if PurePath(source).as_posix().endswith(ending)]
            or [source for source in self._lengths if PurePath(written).name and PurePath(source).match(written)]
        )


def record(
    library: Library,
    question: Question,
    sources: frozenset[str],
    span: tuple[int, int] | None,
    answer: Answer,
    threshold: float,
) -> Record:
    """What came of a question; threshold: below it a confidence counts as not answered."""
    offered = answer.status == "answered"
    answered = offered and (not answer.measured or answer.confidence >= threshold)
    said = unmarked(answer.text) if offered else ""
    right = holds(said, question.answers) if question.answers else None if question.answerable else False
    citations = answer.citations if offered else ()
    return Record(
        line=question.line,
        question=question.question,
        history=question.history,
        kind=question.kind,
        answerable=question.answerable,
        answers=question.answers,
        source=question.source,
        span=span,
        status="answered" if answered else "not_found",
        confidence=answer.confidence,
        request=answer.kind,
        measured=answer.measured,
        outcome=_outcome(question.answerable, answered, right),
        answer=said,
        right=right,
        quotes=tuple(_quote(library, citation) for citation in citations),
        found=tuple(passage.source for passage in answer.passages),
        source_rank=_rank(one.source in sources for one in answer.passages) if question.source else None,
        answer_rank=_rank(
            (not question.source or one.source in sources) and holds(one.text, question.answers)
            for one in answer.passages
        )
        if question.answers
        else None,
        recall=_overlap(answer.passages, sources, span) / (span[1] - span[0]) if span else None,
        precision=_overlap(answer.passages, sources, span) / max(1, sum(len(one.text) for one in answer.passages))
        if span
        else None,
        cited_source=any(one.source in sources for one in citations) if question.source else None,
        cited_span=_overlap(citations, sources, span) > 0 if span else None,
        milliseconds=answer.timings.get("total", 0.0),
    )


def _outcome(answerable: bool, answered: bool, right: bool | None) -> Outcome:
    if not answerable:
        return "false" if answered else "declined"
    if not answered:
        return "refused"
    return "unjudged" if right is None else "right" if right else "wrong"


def _quote(library: Library, citation: Citation) -> Quote:
    try:
        there = library.text(citation.source)[citation.start : citation.end]
    except SourceNotFound:
        there = None
    return Quote(
        citation.source,
        citation.page,
        citation.line,
        citation.start,
        citation.end,
        citation.quote,
        there == citation.quote,
    )


def _rank(right: Iterable[bool]) -> int:
    """Which is the first that is right, from 1; 0 for none."""
    return next((number for number, one in enumerate(right, start=1) if one), 0)


def _overlap(places: Iterable[Passage | Citation], sources: frozenset[str], span: tuple[int, int]) -> int:
    """Characters of the span that the places hold, each counted once."""
    held: set[int] = set()
    for place in places:
        if place.source in sources:
            held.update(range(max(place.start, span[0]), min(place.end, span[1])))
    return len(held)
