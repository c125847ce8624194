"""A question put to a library -> the steps to its answer, as they happen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qa import questions
from qa.answering.quotes import Quoted, answer
from qa.retrieval import Where, sources_and_globs
from qa.types import Answer, Done, Event, Found, Passage, Searching, Text

if TYPE_CHECKING:
    from qa.parts import Parts
    from qa.questions import History
    from qa.settings import Settings


def steps(
    parts: Parts, settings: Settings, question: str, history: History, where: Where | None, model: str | None
) -> Iterator[Event]:
    """What `Library.stream` gives, and raises, for these arguments."""
    name = questions.checked_model(model or settings.answer.model)
    began = time.perf_counter()
    search = questions.search_for(question, history)
    yield Searching(search.text)
    retriever, embedder = parts.retriever(), parts.embedder()
    adding, allowed = parts.is_adding(), retriever.allowed(where)
    limited = sorted(path for paths in (allowed or {}).values() for path in paths)

    def found() -> tuple[list[Passage], tuple[int, int], float, Quoted]:
        counts = retriever.counts(allowed)
        passages = retriever.search(search, settings.retrieval.k, allowed)
        searched = time.perf_counter()
        threshold = settings.answer.threshold
        quoted = answer(search, passages, embedder, retriever.known, threshold, retriever.document, limited)
        return passages, counts, searched, quoted

    passages, (looked_into, documents), searched, quoted = retriever.steady(found)
    yield Found(tuple(passages))
    yield Text(quoted.text)
    ended = time.perf_counter()
    timings = {"search": searched - began, "answer": ended - searched, "total": ended - began}
    yield Done(
        Answer(
            question=question,
            standalone_question=search.text,
            text=quoted.text,
            status=quoted.status,
            confidence=quoted.confidence,
            citations=quoted.citations,
            passages=tuple(passages),
            model=name,
            timings={step: round(1000 * seconds, 3) for step, seconds in timings.items()},
            unknown_words=quoted.unknown_words,
            where=sources_and_globs(where),
            searched=looked_into,
            documents=documents,
            adding=adding,
        )
    )
