"""What a library is put together from: catalog, index, model. Each is opened when it is first needed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from qa import private
from qa.errors import LibraryDamaged, LibraryEmpty, LibraryError, LibraryMismatch, SourceNotFound
from qa.locking import INDEXING
from qa.places import option, require_own
from qa.settings import Settings
from qa.types import IndexReport, OnProgress, Progress, SourceState

if TYPE_CHECKING:
    from qa.catalog import Catalog
    from qa.catalog.writing import Writer
    from qa.chat_models import ChatModel, Model
    from qa.conversations import Conversations
    from qa.embedding import Embedder
    from qa.holdings import Holdings
    from qa.remote.reading import ServerCatalog
    from qa.remote.server import Server
    from qa.retrieval import Retriever
    from qa.store import Store


class Parts:
    """The opened parts of the library in a folder; may be used from several threads."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self._folder = folder
        self._settings = settings
        self._lock = threading.RLock()
        self._catalog: Catalog | None = None
        self._store: Store | None = None
        self._on_server: ServerCatalog | None = None
        self._embedder: Embedder | None = None
        self._retriever: Retriever | None = None
        self._asked = False
        self._conversations: Conversations | None = None
        self._chat_models: dict[str, ChatModel] = {}

    def exists(self) -> bool:
        """Whether this machine has a catalog of the library."""
        from qa.catalog import schema

        return (self._folder / schema.FILE).is_file()

    def server(self) -> Server | None:
        """The Chroma server that the library lives in; None for one that lies in its folder."""
        on_server = self._server_catalog()
        return on_server.server if on_server else None

    def _server_catalog(self) -> ServerCatalog | None:
        if self._settings.store.url is None:
            return None
        with self._lock:
            if self._on_server is None:
                from qa.remote.reading import ServerCatalog
                from qa.remote.server import Server

                self._on_server = ServerCatalog(Server(self._settings.store, self._folder.name))
            return self._on_server

    def close(self) -> None:
        """Close the files; the model stays loaded."""
        with self._lock:
            if self._store:
                self._store.close()
            if self._catalog:
                self._catalog.close()
            if self._conversations:
                self._conversations.close()
            if self._on_server:
                self._on_server.close()
            self._catalog = self._store = self._retriever = None

    def holdings(self) -> Holdings | None:
        """What is searched and read: the catalog, or the server; None while there is no library."""
        return self._server_catalog() or self.catalog()

    def catalog(self) -> Catalog | None:
        """The catalog of this machine; None while there is none, as where a library on a server is only asked."""
        with self._lock:
            if self._catalog and self._catalog.outdated():
                self._catalog = self._store = self._retriever = None
            if self._catalog is None and self.exists():
                from qa.catalog import Catalog

                self._catalog = Catalog(self._folder)
            return self._catalog

    def conversations(self) -> Conversations:
        """The conversations, always the same object; it opens its file by itself."""
        with self._lock:
            if self._conversations is None:
                from qa.conversations import Conversations

                self._conversations = Conversations(self._folder)
            return self._conversations

    def filled(self, *, check: bool = True) -> Catalog:
        """The catalog of a library that holds documents, and that fits the settings if `check` is given.

        Raises LibraryEmpty, LibraryMismatch.
        """
        catalog = self.catalog()
        if catalog is None or not catalog.value("SELECT EXISTS (SELECT 1 FROM sources)"):
            raise self._empty()
        if check:
            self._check(catalog)
        return catalog

    def asked(self) -> Holdings:
        """What is searched and read of a library that holds documents and fits the settings. Raises as `filled`."""
        on_server = self._server_catalog()
        if on_server is None:
            return self.filled()
        try:
            return self._fitting(on_server)
        except (LibraryEmpty, LibraryMismatch, SourceNotFound):  # that may have been mended, or rebuilt, a moment ago
            on_server.look_again()
        return self._fitting(on_server)

    def _fitting(self, on_server: ServerCatalog) -> ServerCatalog:
        if not on_server.source_count():
            raise self._empty()
        self._check(on_server)
        on_server.check_spelling()
        return on_server

    def check_own(self) -> None:
        """Raise LibraryError where the catalog of a library on a server, which changes start from, is not here."""
        server = self.server()
        if server and not self.exists():
            from qa.remote import sending

            sending.admit(server, None)

    def state_on_server(self, source: str, sha256: str | None) -> SourceState:
        """As `Library.state`, where this machine has no catalog; "removed" where there is no server either."""
        on_server = self._server_catalog()
        return on_server.state(source, sha256) if on_server else "removed"

    def _empty(self) -> LibraryEmpty:
        server = self.server()
        on = f" on {server.url} (collection {server.name})" if server else ""
        return LibraryEmpty(
            f"the library {self._folder.name!r}{on} holds no documents yet; run: quoth add FOLDER{option(self._folder)}"
        )

    def prepare(self, progress: OnProgress | None = None) -> Retriever:
        """Load what the first question needs. Raises LibraryEmpty, LibraryMismatch, ModelError."""
        with self._lock:
            if self._settings.store.url is not None:
                return self._prepare_server(progress)
            catalog = self.filled()
            if self._retriever is None:
                import numpy  # noqa: F401 (what is below would load it in two threads at once)

                from qa.retrieval import LocalRetriever
                from qa.store import SPARED, Store

                self._store = Store(self._folder, 0 if self._asked else SPARED)
                # Opening an index takes a second, nearly all of it importing chromadb; the model loads beside it.
                with ThreadPoolExecutor(1) as beside:
                    opening = beside.submit(self._store.current, catalog)
                    embedder = self.embedder(progress)
                    self._retriever = LocalRetriever(catalog, self._store, embedder, self._settings.retrieval)
                    opening.result()
            return self._retriever

    def _prepare_server(self, progress: OnProgress | None) -> Retriever:
        on_server = self._server_catalog()
        if self._retriever is None and on_server:
            import numpy  # noqa: F401 (as above)

            from qa.remote.retrieval import ServerRetriever

            with ThreadPoolExecutor(1) as beside:
                opening = beside.submit(on_server.recent)
                embedder = self.embedder(progress)
                opening.result()
            self._retriever = ServerRetriever(on_server, embedder, self._settings.retrieval)
        self.asked()
        assert self._retriever is not None  # noqa: S101 (made above)
        return self._retriever

    def retriever(self) -> Retriever:
        """What searches the library, for one question; from the second one on with the index, whatever its size.

        Raises LibraryEmpty, LibraryMismatch, ModelError.
        """
        with self._lock:
            retriever = self.prepare()
            if self._asked and self._store:
                self._store.spared = 0
            self._asked = True
            return retriever

    def embedder(self, progress: OnProgress | None = None) -> Embedder:
        """The embedding model of the settings. Raises ModelError."""
        with self._lock:
            if self._embedder is None:
                from qa.embedding import Embedder

                say = progress or silent
                self._embedder = Embedder(self._settings.embedding, lambda step: say(Progress("compiling", 0, 0, step)))
            return self._embedder

    def is_adding(self) -> bool:
        """Whether documents are being added to the library, by this process or another."""
        from qa.locking import is_adding

        return is_adding(self._folder)

    def chat_model(self, name: Model) -> ChatModel:
        """The chat model of this name, opened once, or a given one of LangChain's. Raises InputError, ModelError."""
        if not isinstance(name, str):
            from qa.chat_models import taken

            return taken(name, self._settings.answer)
        with self._lock:
            found = self._chat_models.get(name)
        if found is None:
            from qa.chat_models import open_model

            found = open_model(name, self._settings.answer)  # may ask a server, for which no search waits
            with self._lock:
                found = self._chat_models.setdefault(name, found)
        return found

    def write(
        self,
        work: Callable[[Writer], IndexReport],
        *,
        progress: OnProgress | None = None,
        cancel: threading.Event | None = None,
        doing: str = INDEXING,
        force: bool = False,
        check: bool = True,
        before: Callable[[Path], object] | None = None,
    ) -> IndexReport:
        """Do the work as the library's one writer, erase what it deleted, then bring the index in step.

        doing: what the work is, in a word, for those who wait. force: build the index anew whether or not it is in
        step. check: refuse a library of another embedding model. before: done with the library's folder before its
        catalog is opened for writing.
        """
        from qa import building, store
        from qa.catalog.writing import Writer
        from qa.locking import writing

        say = progress or silent
        began = time.monotonic()
        require_own(self._folder)
        server = self.server()
        if server:
            from qa.remote import sending

            sending.admit(server, self.catalog(), force=force)

        def wait(line: str) -> None:
            say(Progress("waiting", 0, 0, line))

        with writing(self._folder, wait, cancel, doing) as held:
            if not held:
                return IndexReport(cancelled=True)
            if before:
                before(self._folder)
            writer = Writer(self._folder)
            try:
                building.clean(self._folder, writer)  # what a killed process left
                if writer.meta("fingerprint") is None:
                    writer.set_meta(
                        fingerprint=self._fingerprint(),
                        model=self._settings.embedding.model,
                        tokens=str(self._settings.chunking.tokens),
                    )
                elif check:
                    self._check(writer)
                report = self._erased(writer, work(writer))
                if server:
                    building.forget(writer)
                    building.clean(self._folder, writer)
                    if not report.cancelled and not sending.send(server, writer, say, cancel, anew=force):
                        report = replace(report, cancelled=True)
                elif force or (not report.cancelled and store.is_stale(self._folder, writer)):
                    say(Progress("indexing", 0, 0, "", writer.chunk_count()))
                    if not building.rebuild(self._folder, writer, cancel):
                        report = replace(report, cancelled=True)
            finally:
                writer.close()
                if self._on_server:
                    self._on_server.look_again()
        notices = private.notices(self._folder)
        if self._embedder and self._embedder.notice:
            notices.append(self._embedder.notice)
        return replace(report, seconds=time.monotonic() - began, notices=(*notices, *report.notices))

    def _erased(self, writer: Writer, report: IndexReport) -> IndexReport:
        """The report, with a notice where something is left of a text that was deleted."""
        if report.cancelled:  # nobody who has pressed Ctrl-C waits for a catalog to be rewritten
            return report
        try:
            writer.erase()
        except LibraryDamaged:
            raise
        except LibraryError as error:
            update = f"quoth update{option(self._folder)}" if writer.chunk_count() else "quoth add"
            left = f"something of what was removed may still be in the library's files: {error}. The next change of "
            left += f"the library erases it, as does {update}"
            return replace(report, notices=(*report.notices, left))
        return report

    def notices(self) -> list[str]:
        """As `Library.notices` says."""
        with self._lock:
            trouble = self._store.trouble if self._store else None
        if trouble is None:
            return []
        return [
            f"the search index of the library {self._folder.name!r} is damaged and not used ({trouble}); answers are "
            f"as good without it, but slower. Run: quoth rebuild{option(self._folder)}"
        ]

    def _fingerprint(self) -> str:
        from qa.embedding.models import fingerprint, locate

        return self._embedder.fingerprint if self._embedder else fingerprint(locate(self._settings.embedding.model))

    def _check(self, catalog: Holdings) -> None:
        """Raise LibraryMismatch when the vectors come from another model than the one that is set."""
        made_with = catalog.meta("fingerprint")
        if made_with and made_with != self._fingerprint():
            model, is_set = catalog.meta("model"), self._settings.embedding.model
            if model == is_set:
                made, mend = f"other files of the embedding model {model} than are here now", "Put those back"
            else:
                made = f"the embedding model {model}, and the setting is {is_set}"
                mend = "Set embedding.model back"
            raise LibraryMismatch(
                f"the library {self._folder.name!r} was made with {made}; nothing was changed. "
                f"{mend}, or embed it again: quoth rebuild --embed{option(self._folder)}"
            )


def silent(progress: Progress) -> None:
    """Say nothing of the progress."""
