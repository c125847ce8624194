"""The connection to a Chroma server, and the collections of one library there."""

from __future__ import annotations

import ssl
import threading
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from qa.errors import SettingsError, StoreError
from qa.remote import faults
from qa.remote.layout import COMMON, Root, name_of, point
from qa.settings import StoreSettings

CONNECTING = 10.0
"""Most seconds until a connection stands; a reply may take longer."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The collections that hold a library: chromadb's Collection each."""

    chunks: Any
    sources: Any


class Server:
    """A Chroma server that holds a library; connected at the first call. May be used from several threads."""

    def __init__(self, settings: StoreSettings, library: str) -> None:
        """library: its name here."""
        self.url = settings.url or ""
        self.name = name_of(settings, library)
        self._settings = settings
        self._secret = settings.token.get_secret_value() if settings.token else None
        self._lock = threading.Lock()
        self._api: Any = None
        self._system: Any = None

    def told(self) -> AbstractContextManager[None]:
        """Makes one line of what goes wrong inside, as `qa.remote.faults.told`."""
        return faults.told(self.url, self._secret)

    def close(self) -> None:
        """Close the connections; the next call opens others."""
        with self._lock:
            if self._api is not None:
                self._api._session.close()
            self._api = None

    # What the library is

    def root(self) -> Root | None:
        """What the server says of the library; None where it has none. Raises StoreError, LibraryMismatch."""
        found = self._collection(self.name)
        if found is None:
            self._check_database()
        return None if found is None else Root.of(self.name, found.metadata)

    def set_root(self, root: Root) -> None:
        """Say what the library is now, all at once."""
        found = self._collection(self.name)
        with self.told():
            if found is None:
                self._connected().create_collection(self.name, metadata=root.metadata(), **self._place())
            else:
                found.modify(metadata=root.metadata())

    def common(self) -> str:
        """The row of common words; nothing where there is none."""
        collection = self._collection(self.name)
        if collection is None:
            return ""
        with self.told():
            found = collection.get(ids=[COMMON], include=["documents"])["documents"]
        return str(found[0]) if found else ""

    def set_common(self, text: str) -> None:
        """Keep the row of common words, in the collection that `set_root` made."""
        collection = self._collection(self.name)
        with self.told():
            if collection is not None:
                collection.upsert(ids=[COMMON], documents=[text], embeddings=[point(COMMON)])

    def pair(self, generation: int) -> Pair | None:
        """The collections of a generation; None where one is missing."""
        chunks, sources = (self._collection(name) for name in self._names(generation))
        return None if chunks is None or sources is None else Pair(chunks, sources)

    def make_pair(self, generation: int) -> Pair:
        """New, empty collections of a generation; what a killed process left of it goes."""
        from qa.building import graph
        from qa.store import METRIC, SMALL

        self.drop_pair(generation)
        found = []
        for name in self._names(generation):
            with self.told():
                model = self._connected().create_collection(
                    name,
                    configuration={"hnsw": {"space": METRIC, **graph(SMALL + 1)}},
                    metadata={"quoth": self.name},
                    **self._place(),
                )
            found.append(self._wrapped(model))
        return Pair(*found)

    def drop_pair(self, generation: int) -> None:
        """Delete the collections of a generation, if they are there."""
        for name in self._names(generation):
            if self._collection(name) is not None:
                with self.told(), suppress(faults.Moved):
                    self._connected().delete_collection(name, **self._place())

    def drop_root(self) -> None:
        """Delete what the server says of the library."""
        with self.told():
            self._connected().delete_collection(self.name, **self._place())

    def most(self) -> int:
        """Rows that the server takes at once."""
        with self.told():
            return int(self._connected().get_max_batch_size())

    # Chroma's client

    def _names(self, generation: int) -> tuple[str, str]:
        return f"{self.name}.{generation}.chunks", f"{self.name}.{generation}.sources"

    def _place(self) -> dict[str, str]:
        return {"tenant": self._settings.tenant, "database": self._settings.database}

    def _collection(self, name: str) -> Any:
        with self.told():
            try:
                return self._wrapped(self._connected().get_collection(name, **self._place()))
            except Exception as error:
                if faults.is_missing(error):
                    return None
                raise

    def _check_database(self) -> None:
        """Raise StoreError where it is not the library that is missing, but the place where it would be."""
        settings = self._settings
        with self.told():
            try:
                self._connected().get_database(settings.database, tenant=settings.tenant)
            except Exception as error:
                if not faults.is_missing(error):
                    raise
                raise StoreError(
                    f"the Chroma server {self.url} has no database {settings.database!r} of a tenant "
                    f"{settings.tenant!r}; create it there, or set store.database and store.tenant"
                ) from None

    def _wrapped(self, model: Any) -> Any:
        from chromadb.api.models.Collection import Collection

        return Collection(client=self._api, model=model, embedding_function=None)

    def _connected(self) -> Any:
        with self._lock:
            if self._api is None:
                self._api = self._connect()
            return self._api

    def _connect(self) -> Any:
        """Chroma's client, with connections of our own: its HttpClient's have no time limit, take proxies and more from
        variables, and ask three things before anything can be set.
        """
        from chromadb.api import ServerAPI
        from chromadb.config import System

        from qa.store import settings_class

        address = urlsplit(self.url)
        if self._system is None:
            self._system = System(
                settings_class()(
                    anonymized_telemetry=False,
                    chroma_api_impl="chromadb.api.fastapi.FastAPI",
                    chroma_server_host=self.url,
                    chroma_server_http_port=address.port or (443 if address.scheme == "https" else 80),
                )
            )
        api: Any = self._system.instance(ServerAPI)
        api._session.close()
        api._session = self._session(dict(api._session.headers))
        return api

    def _session(self, headers: dict[str, str]) -> Any:
        import httpx

        class Session(httpx.Client):
            def request(self, *given: Any, **options: Any) -> httpx.Response:
                try:
                    return super().request(*given, **options)
                except httpx.ConnectError:
                    raise
                except (httpx.NetworkError, httpx.RemoteProtocolError):
                    # A connection that was kept, and which a restarted server no longer has. Whatever is asked here may
                    # be asked twice.
                    return super().request(*given, **options)

        if self._secret is not None:
            headers[self._settings.header] = self._secret
        try:
            return Session(
                headers=headers,
                timeout=httpx.Timeout(self._settings.timeout, connect=min(CONNECTING, self._settings.timeout)),
                verify=self._trusted(),
                trust_env=False,
            )
        except (UnicodeEncodeError, ValueError):
            raise SettingsError("store.token holds characters that a header cannot have") from None

    def _trusted(self) -> ssl.SSLContext | bool:
        if not self.url.startswith("https:") or not self._settings.verify:
            return False
        file = self._settings.ca_file
        try:
            context = ssl.create_default_context(cafile=file)
        except OSError as error:  # ssl's own errors are such
            raise SettingsError(f"store.ca_file {file} cannot be used: {error.strerror or error}") from None
        if file is None:
            import certifi  # comes with httpx; a small system has no certificates of its own

            context.load_verify_locations(certifi.where())
        return context
