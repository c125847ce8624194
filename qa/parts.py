"""What a library is put together from: catalog, index, model. Each is opened when it is first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import LibraryEmpty, LibraryMismatch, SourceNotFound
from qa.places import option
from qa.settings import RetrievalSettings, Settings
from qa.types import OnProgress, Progress, SourceState, silent

if TYPE_CHECKING:
    from qa.catalog import Catalog
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
        self.folder = folder
        self.settings = settings
        self._lock = threading.RLock()  # of what is opened in a moment
        self._loading = threading.RLock()  # of the model and of what searches with it, taken before the other
        self._catalog: Catalog | None = None
        self._store: Store | None = None
        self._on_server: ServerCatalog | None = None
        self._embedder: Embedder | None = None
        self._retriever: Retriever | None = None
        self._searched: Holdings | None = None  # what the retriever searches
        self._asked = False
        self._conversations: Conversations | None = None
        self._chat_models: dict[str, ChatModel] = {}

    def exists(self) -> bool:
        """Whether this machine has a catalog of the library."""
        from qa.catalog import schema

        return (self.folder / schema.FILE).is_file()

    def server(self) -> Server | None:
        """The Chroma server that the library lives in; None for one that lies in its folder."""
        on_server = self._server_catalog()
        return on_server.server if on_server else None

    def _server_catalog(self) -> ServerCatalog | None:
        if self.settings.store.url is None:
            return None
        with self._lock:
            if self._on_server is None:
                from qa.remote.reading import ServerCatalog
                from qa.remote.server import Server

                self._on_server = ServerCatalog(Server(self.settings.store, self.folder.name))
            return self._on_server

    def close(self) -> None:
        """Close the files; the model stays loaded."""
        with self._loading, self._lock:
            if self._store:
                self._store.close()
            if self._catalog:
                self._catalog.close()
            if self._conversations:
                self._conversations.close()
            if self._on_server:
                self._on_server.close()
            self._catalog = self._store = self._retriever = self._searched = None

    def holdings(self) -> Holdings | None:
        """What is searched and read: the catalog, or the server; None while there is no library."""
        return self._server_catalog() or self.catalog()

    def catalog(self) -> Catalog | None:
        """The catalog of this machine; None while there is none, as where a library on a server is only asked."""
        with self._lock:
            if self._catalog and self._catalog.outdated():
                self._catalog = None  # whoever searches it goes on, and the next question is put to the new one
            if self._catalog is None and self.exists():
                from qa.catalog import Catalog

                self._catalog = Catalog(self.folder)
            return self._catalog

    def conversations(self) -> Conversations:
        """The conversations, always the same object; it opens its file by itself."""
        with self._lock:
            if self._conversations is None:
                from qa.conversations import Conversations

                self._conversations = Conversations(self.folder)
            return self._conversations

    def filled(self, *, check: bool = True) -> Catalog:
        """The catalog of a library that holds documents, and that fits the settings if `check` is given.

        Raises LibraryEmpty, LibraryMismatch.
        """
        catalog = self.catalog()
        if catalog is None or not catalog.value("SELECT EXISTS (SELECT 1 FROM sources)"):
            raise self._empty()
        if check:
            self.check(catalog)
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
        self.check(on_server)
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
            f"the library {self.folder.name!r}{on} holds no documents yet; run: quoth add FOLDER{option(self.folder)}"
        )

    def prepare(self, progress: OnProgress | None = None) -> Retriever:
        """Load what the first question needs. Raises LibraryEmpty, LibraryMismatch, ModelError."""
        with self._loading:
            on_server = self._server_catalog()
            searched = on_server or self.filled()
            if self._retriever is None or self._searched is not searched:
                self._retriever, self._searched = self._opened(searched, progress), searched
            if on_server:
                self.asked()
            return self._retriever

    def _opened(self, searched: Catalog | ServerCatalog, progress: OnProgress | None) -> Retriever:
        import numpy  # noqa: F401 (what is below would load it in two threads at once)

        look: Callable[[], object]
        made: Callable[[Embedder, RetrievalSettings], Retriever]
        from qa.catalog import Catalog

        if isinstance(searched, Catalog):
            from qa.nearest import LocalRetriever
            from qa.store import SPARED, Store

            if self._store:  # of a catalog before this one, or of a try that failed
                self._store.close()
            self._store = Store(self.folder, 0 if self._asked else SPARED)
            look, made = partial(self._store.current, searched), partial(LocalRetriever, searched, self._store)
        else:
            from qa.remote.retrieval import ServerRetriever

            look, made = searched.recent, partial(ServerRetriever, searched)
        # The first look at an index or a server takes a second, nearly all of it importing chromadb; the model loads
        # beside it.
        with ThreadPoolExecutor(1) as beside:
            looking = beside.submit(look)
            embedder = self.embedder(progress)
            looking.result()
        return made(embedder, self.settings.retrieval)

    def retriever(self) -> Retriever:
        """What searches the library, for one question; from the second one on with the index, whatever its size.

        Raises LibraryEmpty, LibraryMismatch, ModelError.
        """
        with self._loading:
            retriever = self.prepare()
            if self._asked and self._store:
                self._store.spared = 0
            self._asked = True
            return retriever

    def embedder(self, progress: OnProgress | None = None) -> Embedder:
        """The embedding model of the settings. Raises ModelError."""
        with self._loading:
            if self._embedder is None:
                from qa.embedding import Embedder

                say = progress or silent
                self._embedder = Embedder(self.settings.embedding, lambda step: say(Progress("compiling", 0, 0, step)))
            return self._embedder

    def is_adding(self) -> bool:
        """Whether documents are being added to the library, by this process or another."""
        from qa.locking import is_adding

        return is_adding(self.folder)

    def chat_model(self, name: Model) -> ChatModel:
        """The chat model of this name, opened once, or a given one of LangChain's. Raises InputError, ModelError."""
        if not isinstance(name, str):
            from qa.chat_models import taken

            return taken(name, self.settings.answer)
        with self._lock:
            found = self._chat_models.get(name)
        if found is None:
            from qa.chat_models import open_model

            found = open_model(name, self.settings.answer)  # may ask a server, for which no search waits
            with self._lock:
                found = self._chat_models.setdefault(name, found)
        return found

    def notices(self) -> list[str]:
        """As `Library.notices` says."""
        with self._lock:
            trouble = self._store.trouble if self._store else None
        if trouble is None:
            return []
        return [
            f"the search index of the library {self.folder.name!r} is damaged and not used ({trouble}); answers are "
            f"as good without it, but slower. Run: quoth rebuild{option(self.folder)}"
        ]

    def model_notices(self) -> list[str]:
        """A line where the embedding model that is loaded could not be compiled."""
        return [self._embedder.notice] if self._embedder and self._embedder.notice else []

    def look_again(self) -> None:
        """Take nothing of a library on a server for what it was: this process has just changed it."""
        if self._on_server:
            self._on_server.look_again()

    def fingerprint(self) -> str:
        """What names the embedding model of the settings. Raises ModelError."""
        from qa.embedding.models import fingerprint, locate

        return self._embedder.fingerprint if self._embedder else fingerprint(locate(self.settings.embedding.model))

    def check(self, catalog: Holdings) -> None:
        """Raise LibraryMismatch when the vectors come from another model than the one that is set."""
        made_with = catalog.meta("fingerprint")
        if made_with and made_with != self.fingerprint():
            model, is_set = catalog.meta("model"), self.settings.embedding.model
            if model == is_set:
                made, mend = f"other files of the embedding model {model} than are here now", "Put those back"
            else:
                made = f"the embedding model {model}, and the setting is {is_set}"
                mend = "Set embedding.model back"
            raise LibraryMismatch(
                f"the library {self.folder.name!r} was made with {made}; nothing was changed. "
                f"{mend}, or embed it again: quoth rebuild --embed{option(self.folder)}"
            )
