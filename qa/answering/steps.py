"""A question put to a library -> the steps to its answer, as they happen."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qa import questions
from qa.answering.quotes import Reading, quote, read
from qa.embedding.models import PACKAGED
from qa.languages import READS_ENGLISH, asks_in_another
from qa.requests.recognising import GOING_ON
from qa.requests.telling import request_of
from qa.retrieval import Ranked
from qa.types import Answer, Done, Event, Found, Passage, Searching, Text, Writing
from qa.where import Where, sources_and_globs

if TYPE_CHECKING:
    from qa.chat_models import Model
    from qa.followups import Search
    from qa.parts import Parts
    from qa.questions import History
    from qa.retrieval import Retriever
    from qa.settings import Settings


def steps(
    parts: Parts,
    settings: Settings,
    question: str,
    history: History,
    where: Where | None,
    model: Model | None,
    cancel: threading.Event | None = None,
    explain: bool = False,
) -> Generator[Event, None, None]:
    """What `Library.stream` gives, and raises, for these arguments."""
    model = model or settings.answer.model
    began = time.perf_counter()
    said = questions.messages(history)  # once: what was given may be gone through once only
    search = questions.search_for(question, said)
    request = request_of(question, search, said)
    of_model = request.kind == "writing" or request == GOING_ON
    if request.kind != "question" and not (of_model and model != questions.QUOTES):
        from qa.requests.answering import answered

        yield from answered(parts, request, question, said, where, modelled=model != questions.QUOTES)
        return
    if model != questions.QUOTES:
        from qa.answering.modelled import modelled  # the one way of answering that loads LangChain

        new = request.kind == "writing"
        for event in modelled(parts, settings, model, question, search, said, where, cancel, explain, new):
            yield Done(replace(event.answer, kind="writing")) if new and isinstance(event, Done) else event
        return
    yield Searching(search.text)
    looked = Looked.up(parts, settings, search, where, explain)
    yield Found(looked.passages)
    quoted = quote(looked.reading, settings.answer.threshold, looked.retriever.document)
    if quoted.status == "not_found" and settings.embedding.model == PACKAGED and asks_in_another(question):
        quoted = replace(quoted, text=f"{quoted.text} {READS_ENGLISH}")
    yield Text(quoted.text)
    ended = time.perf_counter()
    yield Done(
        looked.answer(
            question=question,
            text=quoted.text,
            status=quoted.status,
            confidence=quoted.confidence,
            citations=quoted.citations,
            model=questions.QUOTES,
            timings=milliseconds(search=looked.ended - began, answer=ended - looked.ended, total=ended - began),
            unknown_words=quoted.unknown_words,
        )
    )


@dataclass(frozen=True, slots=True)
class Looked:
    """A search that was made for a question and read, with what an answer says of it.

    candidates: each candidate as a passage of its own, best first; None unless the answer is to be explained.
    ended: when the search had ended, as `time.perf_counter` counts; reading came after it.
    instead: words that were searched for besides, for misspelled ones.
    """

    search: Search
    retriever: Retriever
    ranked: Ranked
    passages: tuple[Passage, ...]
    candidates: tuple[Passage, ...] | None
    reading: Reading
    ended: float
    facts: Mapping[str, Any]
    threshold: float
    instead: tuple[str, ...]

    @classmethod
    def up(cls, parts: Parts, settings: Settings, search: Search, where: Where | None, explain: bool) -> Looked:
        """Search the library and read what was found, in one state of its catalog. Raises as `Library.search` does."""
        retriever, embedder = parts.retriever(), parts.embedder()
        adding, allowed = parts.is_adding(), retriever.allowed(where)
        limited = sorted(path for paths in (allowed or {}).values() for path in paths)

        def look() -> Looked:
            searched, documents = retriever.counts(allowed)
            sought, instead = retriever.corrected(search)
            ranked = retriever.ranked(sought, settings.retrieval.k, allowed)
            passages = tuple(retriever.passages(ranked, ranked.groups))
            candidates = tuple(retriever.passages(ranked, [[i] for i in ranked.order])) if explain else None
            ended = time.perf_counter()
            reading = read(search, passages, embedder, retriever.known, retriever.document, limited)
            facts = {"where": sources_and_globs(where), "searched": searched, "documents": documents, "adding": adding}
            threshold = settings.answer.threshold
            return cls(search, retriever, ranked, passages, candidates, reading, ended, facts, threshold, instead)

        return retriever.steady(look)

    def answer(self, writing: Writing | None = None, **fields: Any) -> Answer:
        """An answer that rests on this search, explained if that was asked for. writing: what a model had to do."""
        answer = Answer(standalone_question=self.search.text, passages=self.passages, **self.facts, **fields)
        if self.candidates is None:
            return answer
        from qa.answering.explaining import explained

        return replace(answer, explanation=explained(self, self.candidates, answer, writing))


def milliseconds(**seconds: float) -> dict[str, float]:
    """Timings as an answer has them."""
    return {step: round(1000 * spent, 3) for step, spent in seconds.items()}
