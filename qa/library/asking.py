"""Putting questions to a library: searching it and asking it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from qa import questions, waiting
from qa.parts import Parts
from qa.settings import Settings
from qa.types import Answer, Done, Event, OnProgress, Passage

if TYPE_CHECKING:
    from qa.chat_models import Model
    from qa.questions import History
    from qa.where import Where


class Asking:
    """The verbs of a Library that answer."""

    settings: Settings
    _parts: Parts

    def search(
        self, question: str, *, k: int | None = None, history: History = (), where: Where | None = None
    ) -> list[Passage]:
        """The best passages for a question, at most `k`, best first.

        history: the conversation so far, oldest first: dicts with role and content, or LangChain messages.
        where: a source, or a glob on the path below the folder that was added, or several of them.
        Raises InputError (an empty or overlong question, k below 1, a `where` that fits nothing), LibraryEmpty.
        """
        count = self.settings.retrieval.k if k is None else questions.checked_k(k)
        retriever, search = self._parts.retriever(), questions.search_for(question, history)
        return retriever.steady(lambda: retriever.search(search, count, retriever.allowed(where)))

    async def asearch(
        self, question: str, *, k: int | None = None, history: History = (), where: Where | None = None
    ) -> list[Passage]:
        """`search` without blocking the event loop."""
        return await asyncio.to_thread(self.search, question, k=k, history=history, where=where)

    def ask(
        self,
        question: str,
        *,
        history: History = (),
        where: Where | None = None,
        model: Model | None = None,
        explain: bool = False,
    ) -> Answer:
        """The answer to a question, with its citations; status "not_found" when the documents do not answer.

        history, where: as in `search`. model: "quotes" answers without a language model; PROVIDER:MODEL, a
        server's URL or one of LangChain's chat models with that, whose every sentence is compared with the documents;
        None is the configured one. explain: let `answer.explanation` say why the answer is as it is, in numbers.
        Raises InputError, LibraryEmpty, ModelError.
        """
        for event in self.stream(question, history=history, where=where, model=model, explain=explain):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream ends with Done")

    async def aask(
        self,
        question: str,
        *,
        history: History = (),
        where: Where | None = None,
        model: Model | None = None,
        explain: bool = False,
    ) -> Answer:
        """`ask` without blocking the event loop. Cancelling the task gives up, also at a chat model."""
        return await waiting.answer(self.astream(question, history=history, where=where, model=model, explain=explain))

    def stream(
        self,
        question: str,
        *,
        history: History = (),
        where: Where | None = None,
        model: Model | None = None,
        explain: bool = False,
        cancel: threading.Event | None = None,
    ) -> Iterator[Event]:
        """The steps to an answer as they happen: Searching, Found, Text (one or more), Checked (of a model's), Done.

        cancel: set it, from any thread, to give up: a request at a model is closed, and there is no Done. So does
        closing the iterator. As `ask` otherwise.
        """
        from qa.answering.steps import steps

        events = steps(self._parts, self.settings, question, history, where, model, cancel, explain)
        return waiting.until(events, cancel) if cancel else events

    def astream(
        self,
        question: str,
        *,
        history: History = (),
        where: Where | None = None,
        model: Model | None = None,
        explain: bool = False,
    ) -> AsyncIterator[Event]:
        """`stream` without blocking the event loop. Closing it, or cancelling the task, gives up."""
        cancel = threading.Event()
        events = self.stream(question, history=history, where=where, model=model, explain=explain, cancel=cancel)
        return waiting.each(events, cancel)

    def check_model(self, model: str) -> None:
        """Look whether a chat model could be asked: its name, its package and its key. Sends nothing.

        Raises InputError for what is no model's name, ModelError where a package or a key is missing.
        """
        if model != questions.QUOTES:
            from qa.chat_models import check

            check(model, self.settings.answer)

    def prepare(self, progress: OnProgress | None = None) -> None:
        """Load what answering needs, and compile the model where that has not been done, instead of at the first
        question. progress: told of the compiling. Raises as `ask` does of a library that cannot be asked.
        """
        self._parts.prepare(progress)

    def starters(self, count: int = 3) -> list[str]:
        """At most `count` questions to begin with, each of which `ask` answers without a model and with confidence.

        They come from sentences and headings of a few documents, of different ones first; always the same for the same
        library, and none where there is nothing good to ask, as in an empty one. Raises as `ask` does otherwise.
        """
        from qa.starters import starters

        catalog = self._parts.holdings()
        return starters(catalog, lambda question: self.ask(question, model=questions.QUOTES), count) if catalog else []
