"""Library: the one object a program holds. Each verb's work is done in the module that is named after it."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from qa import questions
from qa import settings as settings_module
from qa.errors import LibraryEmpty, LibraryMismatch, LibraryNotFound, SourceNotFound
from qa.places import Paths, absolute, existing, folder_of, listed
from qa.settings import Settings
from qa.types import (
    Answer,
    Changes,
    Document,
    Done,
    Event,
    Found,
    IndexReport,
    Passage,
    Progress,
    Searching,
    Source,
    Text,
)

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever

    from qa.catalog import Catalog
    from qa.catalog.writing import Writer
    from qa.embedding import Embedder
    from qa.questions import History
    from qa.retrieval import Retriever, Where
    from qa.store import Store

OnProgress = Callable[[Progress], None]


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
        self._lock = threading.RLock()
        self._writing = threading.Lock()
        self._catalog: Catalog | None = None
        self._store: Store | None = None
        self._embedder: Embedder | None = None
        self._retriever: Retriever | None = None
        if not create and not self.exists():
            raise LibraryNotFound(
                f"there is no library {self.name!r} in {self.folder}; `quoth libraries` lists those there are"
            )

    def exists(self) -> bool:
        """Whether the library has been made."""
        from qa.catalog import schema

        return (self.folder / schema.FILE).is_file()

    def close(self) -> None:
        """Close the library's files."""
        with self._lock:
            if self._store:
                self._store.close()
            if self._catalog:
                self._catalog.close()
            self._catalog = self._store = self._retriever = None

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
        return self._opened().search(questions.search_for(question, history), count, where)

    def ask(
        self, question: str, *, history: History = (), where: Where | None = None, model: str | None = None
    ) -> Answer:
        """The answer to a question, with its citations; status "not_found" when the documents do not answer.

        history, where: as in `search`. model: "quotes" answers without a language model; None is the configured one.
        Raises InputError, LibraryEmpty, ModelError.
        """
        for event in self.stream(question, history=history, where=where, model=model):
            if isinstance(event, Done):
                return event.answer
        raise AssertionError("a stream ends with Done")

    def stream(
        self, question: str, *, history: History = (), where: Where | None = None, model: str | None = None
    ) -> Iterator[Event]:
        """The steps to an answer as they happen: Searching, Found, Text (one or more), Done. As `ask` otherwise."""
        from qa.answering.quotes import answer

        name = questions.checked_model(model or self.settings.answer.model)
        began = time.perf_counter()
        search = questions.search_for(question, history)
        yield Searching(search.text)
        passages = self._opened().search(search, self.settings.retrieval.k, where)
        searched = time.perf_counter()
        yield Found(tuple(passages))
        retriever, embedder = self._opened(), self._model(None)
        quoted = answer(
            search.text, passages, embedder, retriever.known, self.settings.answer.threshold, retriever.document
        )
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
            )
        )

    # Adding and removing

    def add(
        self,
        paths: Paths,
        *,
        progress: OnProgress | None = None,
        cancel: threading.Event | None = None,
    ) -> IndexReport:
        """Read files and folders into the library: what is new or changed; what vanished from a folder is taken out.

        progress: called with counts. cancel: set it to stop; what was finished is kept, and adding again goes on.
        Raises SourceNotFound for a path that does not exist (before anything is changed), LibraryMismatch.
        """
        return self._index(existing(paths), progress, cancel, by_name=True)

    def update(self, *, progress: OnProgress | None = None, cancel: threading.Event | None = None) -> IndexReport:
        """Look again at everything that was added before. As `add` otherwise."""
        roots = [Path(os.fsdecode(path)) for (path,) in self._filled().rows("SELECT path FROM roots ORDER BY path")]
        return self._index(roots, progress, cancel, by_name=False)

    def remove(self, sources: Paths) -> IndexReport:
        """Take files, or all that was added from a folder, out of the library; the files themselves stay.

        They stay out until they are added by name. Raises SourceNotFound when one is not in the library; then nothing
        is removed.
        """
        from qa.upkeep import remove

        paths = [absolute(path) for path in listed(sources)]
        return self._write(lambda writer: remove(writer, paths))

    def rebuild(self, *, embed: bool = False, progress: OnProgress | None = None) -> IndexReport:
        """Build the search index anew from the catalog, without embedding again.

        embed: cut and embed the stored texts again, with the model and the chunk size that are set now; this mends a
        library that was made with another embedding model.
        """
        from qa.upkeep import embed_again

        self._filled(check=not embed)
        say = progress or _silent
        if not embed:
            return self._write(lambda writer: IndexReport(chunks=writer.chunk_count()), progress=progress, force=True)
        embedder = self._model(progress)
        return self._write(
            lambda writer: embed_again(writer, embedder, self.settings, say), progress=progress, force=True, check=False
        )

    # Looking

    def sources(self, where: Where | None = None) -> list[Source]:
        """The documents of the library, ordered by path."""
        from qa.retrieval import matches

        catalog = self._opened_catalog()
        if catalog is None:
            return []
        roots = {path: stored.root for path, stored in catalog.stored_sources().items()} if where is not None else {}
        return [s for s in catalog.sources() if where is None or matches(where, s.source, roots[s.source])]

    def text(self, source: str | os.PathLike[str]) -> str:
        """The text of a source, which citations' start and end count in. Raises SourceNotFound."""
        return self.document(source).text

    def document(self, source: str | os.PathLike[str]) -> Document:
        """A source's document: its text, and which page or heading each character stands under."""
        catalog = self._opened_catalog()
        name = str(absolute(source))
        if catalog is None:
            raise SourceNotFound(f"{name} is not in the library, which is empty")
        return catalog.document(name)

    def changed(self) -> Changes:
        """How the files on disk differ from the library; reads no file, only folders and times."""
        from qa.upkeep import changed

        catalog = self._opened_catalog()
        return changed(catalog) if catalog else Changes()

    def as_retriever(self, *, k: int | None = None, where: Where | None = None) -> BaseRetriever:
        """The library as a LangChain retriever; loads langchain_core."""
        from qa.langchain import LibraryRetriever

        return LibraryRetriever(library=self, k=self.settings.retrieval.k if k is None else k, where=where)

    # The same, asynchronously

    async def asearch(self, question: str, **options: Any) -> list[Passage]:
        """`search` without blocking the event loop; takes the same arguments."""
        return await asyncio.to_thread(self.search, question, **options)

    async def aask(self, question: str, **options: Any) -> Answer:
        """`ask` without blocking the event loop; takes the same arguments."""
        return await asyncio.to_thread(self.ask, question, **options)

    async def aadd(self, paths: Paths, **options: Any) -> IndexReport:
        """`add` without blocking the event loop; takes the same arguments. Cancelling the task sets `cancel`."""
        cancel: threading.Event = options.pop("cancel", None) or threading.Event()
        task = asyncio.ensure_future(asyncio.to_thread(self.add, paths, cancel=cancel, **options))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            cancel.set()
            await task
            raise

    async def astream(self, question: str, **options: Any) -> AsyncIterator[Event]:
        """`stream` without blocking the event loop; takes the same arguments."""
        events = self.stream(question, **options)
        while (event := await asyncio.to_thread(next, events, None)) is not None:
            yield event

    # How it is put together

    def _opened_catalog(self) -> Catalog | None:
        """The catalog, opened; None while there is no library."""
        with self._lock:
            if self._catalog is None and self.exists():
                from qa.catalog import Catalog

                self._catalog = Catalog(self.folder)
            return self._catalog

    def _filled(self, *, check: bool = True) -> Catalog:
        """The catalog of a library that holds documents and fits the settings."""
        catalog = self._opened_catalog()
        if catalog is None or not catalog.value("SELECT EXISTS (SELECT 1 FROM sources)"):
            raise LibraryEmpty(f"the library {self.name!r} holds no documents yet; run: quoth add FOLDER")
        if check:
            self._check(catalog)
        return catalog

    def _fingerprint(self) -> str:
        from qa.embedding.models import fingerprint, locate

        return self._embedder.fingerprint if self._embedder else fingerprint(locate(self.settings.embedding.model))

    def _check(self, catalog: Catalog) -> None:
        """Raise LibraryMismatch when the vectors come from another model than the one that is set."""
        made_with = catalog.meta("fingerprint")
        if made_with and made_with != self._fingerprint():
            raise LibraryMismatch(
                f"the library {self.name!r} was made with the embedding model {catalog.meta('model')}, "
                f"and the setting is {self.settings.embedding.model}; nothing was changed. Set embedding.model back, "
                "or embed it again: quoth rebuild --embed"
            )

    def _opened(self) -> Retriever:
        with self._lock:
            catalog = self._filled()
            if self._retriever is None:
                from qa.retrieval import Retriever
                from qa.store import Store

                self._store = Store(self.folder)
                self._retriever = Retriever(catalog, self._store, self._model(None), self.settings.retrieval)
            return self._retriever

    def _model(self, progress: OnProgress | None) -> Embedder:
        with self._lock:
            if self._embedder is None:
                from qa.embedding import Embedder

                say = progress or _silent
                self._embedder = Embedder(self.settings.embedding, lambda step: say(Progress("compiling", 0, 0, step)))
            return self._embedder

    def _index(
        self, roots: list[Path], progress: OnProgress | None, cancel: threading.Event | None, *, by_name: bool
    ) -> IndexReport:
        from qa.indexing import Indexing

        stop, say = cancel or threading.Event(), progress or _silent
        return self._write(
            lambda writer: Indexing(writer, lambda: self._model(progress), self.settings, say, stop).run(
                roots, by_name=by_name
            ),
            progress=progress,
            cancel=stop,
        )

    def _write(
        self,
        work: Callable[[Writer], IndexReport],
        *,
        progress: OnProgress | None = None,
        cancel: threading.Event | None = None,
        force: bool = False,
        check: bool = True,
    ) -> IndexReport:
        """Do the work as the library's one writer, then bring the index in step."""
        from qa import store
        from qa.catalog.writing import Writer
        from qa.locking import writing

        say = progress or _silent
        began = time.monotonic()
        with self._writing, writing(self.folder, lambda line: say(Progress("waiting", 0, 0, line)), cancel) as held:
            if not held:
                return IndexReport(cancelled=True)
            writer = Writer(self.folder)
            try:
                if writer.meta("fingerprint") is None:
                    writer.set_meta(
                        fingerprint=self._fingerprint(),
                        model=self.settings.embedding.model,
                        tokens=str(self.settings.chunking.tokens),
                    )
                elif check:
                    self._check(writer)
                report = work(writer)
                if force or (not report.cancelled and store.is_stale(self.folder, writer)):
                    say(Progress("indexing", 0, 0, "", writer.chunk_count()))
                    store.rebuild(self.folder, writer)
                return replace(report, seconds=time.monotonic() - began)
            finally:
                writer.close()


def _silent(progress: Progress) -> None:
    """Say nothing of the progress."""
