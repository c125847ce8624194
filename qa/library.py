"""Library: the one object a program holds. Each verb's work is done in the module that is named after it."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from qa import questions, waiting
from qa import settings as settings_module
from qa.errors import LibraryNotFound, SourceNotFound
from qa.parts import Parts, silent
from qa.places import Paths, absolute, check_remains, existing, folder_of, listed
from qa.settings import Settings
from qa.types import (
    Answer,
    Changes,
    Document,
    Done,
    Engine,
    Event,
    IndexReport,
    OnProgress,
    Passage,
    Source,
    SourceState,
)

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable
    from langchain_core.tools import BaseTool

    from qa.catalog.writing import Writer
    from qa.chat_models import Model
    from qa.conversations import Conversations
    from qa.doctor import Health
    from qa.questions import History
    from qa.retrieval import Where


class Library:
    """A named set of indexed documents.

    library: a name under the user's data folder, or a path (with a separator, or beginning with . or ~); None is the
    one that the settings name. Nothing is written before the first `add`. A Library may be used from several threads;
    close it, or use it in a `with`.
    """

    def __init__(
        self,
        library: str | os.PathLike[str] | None = None,
        *,
        create: bool = True,
        settings: Settings | None = None,
    ) -> None:
        """create: whether a library that does not exist may be made by `add`; if not, it raises LibraryNotFound.

        settings: take these instead of the files and variables. Raises SettingsError.
        """
        named = settings or settings_module.load()
        self.folder = folder_of(library if library is not None else named.library)
        self.name = self.folder.name
        self.settings = settings or settings_module.load(self.folder)
        self._parts = Parts(self.folder, self.settings)
        if not create and not self.exists():
            check_remains(self.folder)
            raise LibraryNotFound(
                f"there is no library {self.name!r} in {self.folder}; `quoth libraries` lists those there are"
            )

    def exists(self) -> bool:
        """Whether the library has been made; one in a Chroma server counts as such."""
        return self.settings.store.url is not None or self._parts.exists()

    def close(self) -> None:
        """Close the library's files."""
        self._parts.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Asking

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

        return steps(self._parts, self.settings, question, history, where, model, cancel, explain)

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

    # Adding and removing

    def add(
        self,
        paths: Paths,
        *,
        progress: OnProgress | None = None,
        cancel: threading.Event | None = None,
        engine: Engine = "local",
    ) -> IndexReport:
        """Read files and folders into the library: what is new or changed; what vanished from a folder is taken out.

        progress: called with counts. cancel: set it to stop; what was finished is kept, and adding again goes on.
        engine: "ray" reads, cuts and embeds on a Ray cluster, the one of the variable RAY_ADDRESS or one of this
        machine's cores; every node must see the files under the same paths.
        Raises SourceNotFound for a path that does not exist (before anything is changed), LibraryMismatch,
        ClusterError.
        """
        return self._index(existing(paths), progress, cancel, by_name=True, engine=engine)

    def update(
        self,
        roots: Paths | None = None,
        *,
        progress: OnProgress | None = None,
        cancel: threading.Event | None = None,
    ) -> IndexReport:
        """Look again at everything that was added before, or at these of its `roots` alone. As `add` otherwise."""
        self._parts.check_own()
        if roots is None:
            if not self.roots():  # with some, an add may have been stopped before its first document
                self._parts.filled()
            return self._index(self.roots(), progress, cancel, by_name=False)
        given = {absolute(path) for path in listed(roots)}
        there = [root for root in self.roots() if root in given]
        return self._index(there, progress, cancel, by_name=False) if there else IndexReport()

    def remove(
        self,
        sources: Paths,
        *,
        quotes: bool = False,
        progress: OnProgress | None = None,
        cancel: threading.Event | None = None,
    ) -> IndexReport:
        """Take files, or all that was added from a folder, out of the library; the files themselves stay.

        They stay out until they are added by name. No text of theirs is left in the library's folder but what answers
        in conversations hold; a notice says how many do. quotes: take it out of these as well, also that of sources
        that were removed before; an answer that cites one goes, its question stays. progress: told of waiting for
        another writer. cancel: set it to give up waiting. Raises SourceNotFound when one is not in the library (nor,
        with `quotes`, in an answer); then nothing is removed.
        """
        from qa.removing import remove

        given = [absolute(path) for path in listed(sources)]
        return remove(self._parts, self.folder, given, quotes=quotes, progress=progress, cancel=cancel)

    def rebuild(self, *, embed: bool = False, progress: OnProgress | None = None) -> IndexReport:
        """Make anew everything that can be made from the stored documents, and mend what `doctor` finds.

        That is the search index, the word index, vectors that are missing or damaged, a catalog whose tables are whole,
        and the conversations as far as they can be read; what an interrupted work left is deleted, and so are copies
        of the catalog from before an update of Quoth. No file is read again, and sound vectors stay.
        embed: cut and embed the stored texts again, with the model and the chunk size that are set now; this mends a
        library that was made with another embedding model.
        Raises LibraryDamaged, with nothing changed, where only adding the files again will do; its message has the
        commands. LibraryEmpty, LibraryMismatch.
        """
        from qa import upkeep
        from qa.catalog import mending

        self._parts.check_own()
        if not self._parts.exists():
            self._parts.filled()
        say = progress or silent
        embedder = self._parts.embedder(progress) if embed else None

        def work(writer: Writer) -> IndexReport:
            self._parts.filled(check=False)
            if embedder:
                report = upkeep.embed_again(writer, embedder, self.settings, say)
            else:
                report = upkeep.renew(writer, lambda: self._parts.embedder(progress))
            return replace(report, notices=(*report.notices, *upkeep.tidy(self.folder)))

        return self._parts.write(
            work, progress=progress, doing="rebuilding", force=True, check=not embed, before=mending.mend
        )

    # Looking

    def doctor(self, *, deep: bool = False, progress: OnProgress | None = None) -> Health:
        """Whether the library is sound, and for everything that is not the command that mends it; changes nothing.

        deep: look at every document, vector, word and file instead of a sample. progress: told how far that is.
        Raises LibraryNotFound, LibraryLocked while another process (or this library) writes, LibraryMismatch for a
        library that a newer version of Quoth made.
        """
        from qa.doctor import examine

        return examine(self.folder, deep=deep, progress=progress, settings=self.settings)

    def notices(self) -> list[str]:
        """What a person who asks should know of the library, a line each: that its index is damaged and not used.

        What was met so far; it costs nothing, so look after the first answer.
        """
        return self._parts.notices()

    def sources(self, where: Where | None = None) -> list[Source]:
        """The documents of the library, ordered by path."""
        from qa.retrieval import matcher

        catalog = self._parts.holdings()
        if catalog is None:
            return []
        if where is None:
            return catalog.sources()
        roots = {path: stored.root for path, stored in catalog.stored_sources().items()}
        matches = matcher(where)
        return [s for s in catalog.sources() if s.source in roots and matches(s.source, roots[s.source])]

    def roots(self) -> list[Path]:
        """The files and folders that were added by name, which `update` looks at again, ordered by path."""
        catalog = self._parts.catalog()
        return sorted(map(Path, catalog.roots())) if catalog else []

    def text(self, source: str | os.PathLike[str]) -> str:
        """The text of a source, which citations' start and end count in. Raises SourceNotFound."""
        return self.document(source).text

    def document(self, source: str | os.PathLike[str]) -> Document:
        """A source's document: its text, and which page or heading each character stands under."""
        catalog = self._parts.holdings()
        name = str(absolute(source))
        if catalog is None:
            raise SourceNotFound(f"{name} is not in the library, which is empty")
        return catalog.document(name)

    def changed(self) -> Changes:
        """How the files on disk differ from the library; reads no file, only folders and times."""
        from qa.upkeep import changed

        catalog = self._parts.catalog()
        return changed(catalog) if catalog else Changes()

    def state(self, source: str | os.PathLike[str], sha256: str | None = None) -> SourceState:
        """How a source stands to its file, by one look at size and time: "current", "changed", "gone" or "removed".

        "removed": it is not in the library. "gone": there is no such file now. "changed": the file is not as it was
        when it was read, or, with the `sha256` of a citation or passage, it was read again since and has another.
        """
        from qa.upkeep import state

        catalog = self._parts.catalog()
        if catalog is None:
            return self._parts.state_on_server(str(absolute(source)), sha256)
        return state(catalog, str(absolute(source)), sha256)

    def conversations(self) -> Conversations:
        """The conversations that are kept in the library's folder; always the same object, closed with the library."""
        return self._parts.conversations()

    def as_retriever(self, *, k: int | None = None, where: Where | None = None) -> BaseRetriever:
        """The library as a LangChain retriever; loads langchain_core."""
        from qa.langchain import LibraryRetriever

        return LibraryRetriever(library=self, k=self.settings.retrieval.k if k is None else k, where=where)

    def as_runnable(
        self, *, where: Where | None = None, model: Model | None = None, explain: bool = False
    ) -> Runnable[Any, Answer]:
        """Answers as a LangChain Runnable: a question, or a conversation that ends with one, in; an Answer out."""
        from qa.langchain import LibraryAnswers

        return LibraryAnswers(self, where=where, model=model, explain=explain)

    def as_tool(self, *, where: Where | None = None, model: Model | None = None) -> BaseTool:
        """The library as a LangChain tool, for an agent that decides by itself when to ask the documents."""
        from qa.langchain import LibraryTool

        return LibraryTool(library=self, where=where, model=model)

    # The same, asynchronously

    async def asearch(
        self, question: str, *, k: int | None = None, history: History = (), where: Where | None = None
    ) -> list[Passage]:
        """`search` without blocking the event loop."""
        return await asyncio.to_thread(self.search, question, k=k, history=history, where=where)

    async def aask(
        self,
        question: str,
        *,
        history: History = (),
        where: Where | None = None,
        model: Model | None = None,
        explain: bool = False,
    ) -> Answer:
        """`ask` without blocking the event loop."""
        return await asyncio.to_thread(self.ask, question, history=history, where=where, model=model, explain=explain)

    async def astream(
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
        async for event in waiting.each(events, cancel):
            yield event

    async def aadd(
        self,
        paths: Paths,
        *,
        progress: OnProgress | None = None,
        cancel: threading.Event | None = None,
        engine: Engine = "local",
    ) -> IndexReport:
        """`add` without blocking the event loop. Cancelling the task stops the add, and keeps what was finished."""
        return await waiting.cancellable(self.add, paths, progress=progress, cancel=cancel, engine=engine)

    async def aupdate(
        self,
        roots: Paths | None = None,
        *,
        progress: OnProgress | None = None,
        cancel: threading.Event | None = None,
    ) -> IndexReport:
        """`update` without blocking the event loop; cancelling as in `aadd`."""
        return await waiting.cancellable(self.update, roots, progress=progress, cancel=cancel)

    async def aremove(
        self,
        sources: Paths,
        *,
        quotes: bool = False,
        progress: OnProgress | None = None,
        cancel: threading.Event | None = None,
    ) -> IndexReport:
        """`remove` without blocking the event loop; cancelling the task gives up waiting."""
        return await waiting.cancellable(self.remove, sources, quotes=quotes, progress=progress, cancel=cancel)

    async def adoctor(self, *, deep: bool = False, progress: OnProgress | None = None) -> Health:
        """`doctor` without blocking the event loop."""
        return await asyncio.to_thread(self.doctor, deep=deep, progress=progress)

    async def arebuild(self, *, embed: bool = False, progress: OnProgress | None = None) -> IndexReport:
        """`rebuild` without blocking the event loop."""
        return await asyncio.to_thread(self.rebuild, embed=embed, progress=progress)

    def _index(
        self,
        roots: list[Path],
        progress: OnProgress | None,
        cancel: threading.Event | None,
        *,
        by_name: bool,
        engine: Engine = "local",
    ) -> IndexReport:
        from qa.indexing import Indexing, check
        from qa.removing import told

        check(engine)
        stop, say = cancel or threading.Event(), progress or silent

        def work(writer: Writer) -> IndexReport:
            embedder = partial(self._parts.embedder, progress)
            return Indexing(writer, embedder, self.settings, say, stop, engine).run(roots, by_name=by_name)

        report = self._parts.write(work, progress=progress, cancel=stop)
        return told(report, self._parts.conversations(), self.folder)
