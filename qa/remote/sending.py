"""Catalog -> server: what is new, changed or gone. The catalog is the truth; whatever the server lacks is sent again.

Chunks go first, then the rows that make them part of the library, and what is gone goes the other way round. So it may
stop anywhere: the next time sends the rest and deletes what nothing refers to.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from qa.catalog import Catalog
from qa.catalog.writing import Writer
from qa.errors import LibraryMismatch, StoreError
from qa.remote.counting import COMMON_AT_LEAST, COMMON_SHARE, common_words
from qa.remote.faults import Moved
from qa.remote.fetching import pages
from qa.remote.layout import Root, chunk_id, point
from qa.remote.reading import spelling
from qa.remote.server import Pair, Server
from qa.remote.wanted import Record, Stored, chunk_source, in_catalog, records
from qa.types import OnProgress, Progress

BATCH = 500
"""Chunks, or rows, that are sent at once: about 3 MB."""

_OWN = "server_catalog"
"""Of the catalog's meta: the id by which the server knows it."""

_LOST = "what was added is kept here, and the next quoth add, update or rebuild sends it"


def admit(server: Server, catalog: Catalog | None, *, force: bool = False) -> None:
    """Raise LibraryError where this machine may not fill the library; StoreError where the server does not answer.

    catalog: this machine's, if it has one. force: it takes the place of another that the library was filled from.
    """
    root = server.root()
    if root is None or (force and catalog is not None):
        return
    own = catalog.meta(_OWN) if catalog else None
    if root.catalog != own:
        instead = ", or put this catalog in its place: quoth rebuild" if catalog else ""
        raise LibraryMismatch(
            f"the library {server.name} on {server.url} is filled from the catalog of another machine, and this one "
            f"only asks it; nothing was changed. Do this there, or set store.collection to another name{instead}"
        )


def send(
    server: Server, writer: Writer, progress: OnProgress, cancel: threading.Event | None = None, *, anew: bool = False
) -> bool:
    """Bring the server in step with the catalog; False when `cancel` was set first.

    anew: fill a new pair of collections, which takes the place of the old one when it is whole.
    Raises StoreError where the server fails; what it has then is whole, but may lack something.
    """
    try:
        return _Sending(server, writer, progress, cancel or threading.Event()).run(anew=anew)
    except Moved:
        raise StoreError(f"the library on {server.url} was deleted meanwhile; run quoth rebuild") from None
    except StoreError as error:
        raise StoreError(f"{error} ({_LOST})") from None


class _Stopped(Exception):
    """The caller's event was set."""


class _Sending:
    def __init__(self, server: Server, writer: Writer, progress: OnProgress, cancel: threading.Event) -> None:
        self._server = server
        self._writer = writer
        self._progress = progress
        self._cancel = cancel
        self._batch = min(BATCH, server.most())
        self._total = writer.chunk_count()
        self._sent = 0
        self._current: Root | None = None  # what is published; None while a pair is filled that nobody reads yet

    def run(self, *, anew: bool) -> bool:
        admit(self._server, self._writer, force=anew)
        root = self._server.root()
        wanted = self._root(root)
        pair = self._server.pair(root.generation) if root else None
        same = root is not None and (root.catalog, root.fingerprint, root.spelling) == (
            wanted.catalog,
            wanted.fingerprint,
            wanted.spelling,
        )
        try:
            if root and pair and same and not anew:
                self._current = replace(root, model=wanted.model, tokens=wanted.tokens)
                self._fill(pair)
            elif root is None or pair is None:  # nobody reads it yet, so what has come can be asked at once
                if root:
                    self._server.drop_pair(root.generation)  # of which one may be there
                self._current = wanted
                self._server.set_root(wanted)  # first: a pair of which no root knows would stay for ever
                self._fill(self._server.make_pair(wanted.generation))
            else:
                pair = self._server.make_pair(wanted.generation)
                rows = self._fill(pair)
                self._current = wanted
                self._finish(rows)
        except _Stopped:
            return False
        generation = self._current.generation
        for other in (generation - 1, generation + 1):  # of a rebuild, or of one that was killed
            self._server.drop_pair(other)
        return True

    def _root(self, before: Root | None) -> Root:
        """What the library is to be, were it filled anew."""
        own = self._writer.meta(_OWN)
        if own is None:
            own = uuid.uuid4().hex
            self._writer.set_meta(**{_OWN: own})
        return Root(
            # Never one that there was before: a reader may know a library that was deleted since.
            version=_next(before.version) if before else 2 * int(500 * time.time()),
            generation=before.generation + 1 if before else int(1000 * time.time()),
            catalog=own,
            fingerprint=self._writer.meta("fingerprint") or "",
            model=self._writer.meta("model") or "",
            tokens=int(self._writer.meta("tokens") or 0),
            spelling=spelling(),
        )

    def _fill(self, pair: Pair) -> Mapping[str, Any]:
        """Bring a pair in step with the catalog; returns the rows that it has then."""
        wanted, stored = in_catalog(self._writer)
        with self._server.told():
            rows = {name: row for page in pages(pair.sources) for name, row in page.items()}
        before = dict(rows)
        self._rename(pair, before, stored)
        complete = {str(row["document"]) for row in rows.values()}
        changed = [name for name, row in wanted.items() if rows.get(name) != row]
        gone = rows.keys() - wanted.keys()
        if changed or gone:
            self._switch(
                pair, rows, {name: wanted[name] for name in changed if wanted[name]["document"] in complete}, gone
            )
        waiting: dict[str, list[str]] = {}
        for name in changed:
            if wanted[name]["document"] not in complete:
                waiting.setdefault(wanted[name]["document"], []).append(name)
        ready: dict[str, Any] = {}
        batch: list[Any] = []
        for key in sorted(waiting, key=lambda key: stored[key].number):
            for record in records(self._writer, key, stored[key]):
                batch.append(record)
                if len(batch) == self._batch:
                    self._upsert(pair, batch)
                    batch = []
                    self._switch(pair, rows, ready, ())
                    ready = {}
            ready |= {name: wanted[name] for name in waiting[key]}
        self._upsert(pair, batch)
        self._switch(pair, rows, ready, ())
        self._tidy(pair, before, stored)
        if self._current and not self._current.finished:
            self._finish(rows)
        return rows

    def _upsert(self, pair: Pair, batch: Collection[Record]) -> None:
        if not batch:
            return
        import numpy as np

        self._check_cancel()
        names, texts, vectors, rows = zip(*batch, strict=True)
        with self._server.told():
            pair.chunks.upsert(
                ids=list(names),
                documents=list(texts),
                embeddings=[np.frombuffer(vector, dtype="<f4") for vector in vectors],
                metadatas=[{"source_bytes": None, **row} for row in rows],  # of a name before; see `_switch`
            )
        self._sent += len(names)
        self._progress(Progress("indexing", self._sent, self._total, "", self._total))

    def _switch(self, pair: Pair, rows: dict[str, Any], changed: Mapping[str, Any], gone: Collection[str]) -> None:
        """Make documents part of the library whose chunks are there, and take out what is gone.

        The version rises before, so that a search that began earlier is made again, and after, so that what was read in
        between is not kept.
        """
        if not changed and not gone:
            return
        self._publish(rows, changing=True)
        names, left = list(changed), list(gone)
        with self._server.told():
            for first in range(0, len(names), self._batch):
                part = names[first : first + self._batch]
                # A row keeps what another says nothing of, unless that says None.
                facts = [dict.fromkeys(rows.get(name, ())) | changed[name] for name in part]
                pair.sources.upsert(ids=part, metadatas=facts, embeddings=[point(name) for name in part])
            for first in range(0, len(left), self._batch):
                pair.sources.delete(ids=left[first : first + self._batch])
        rows |= changed
        for name in left:
            del rows[name]
        self._publish(rows)

    def _rename(self, pair: Pair, before: Mapping[str, Any], stored: Mapping[str, Stored]) -> None:
        """Write moved files into their chunks; before they are in the rows, by which the next time would know it."""
        first: dict[str, str] = {}
        for row in sorted(before.values(), key=lambda row: str(row["source"])):
            first.setdefault(str(row["document"]), str(row["source"]))
        for key, document in stored.items():
            if key in first and first[key] != chunk_source(document.source):
                self._send_again(pair, key, document)

    def _tidy(self, pair: Pair, before: Mapping[str, Any], stored: Mapping[str, Stored]) -> None:
        """Delete the chunks of what is gone, and count."""
        left = {str(row["document"]) for row in before.values()} - stored.keys()
        with self._server.told():
            for key in sorted(left):
                pair.chunks.delete(where={"document": key})
        wanted = sum(document.chunks for document in stored.values())
        with self._server.told():
            if pair.chunks.count() == wanted:
                return
        self._mend(pair, stored)
        with self._server.told():
            if (count := pair.chunks.count()) != wanted:
                raise StoreError(f"the server has {count:,} chunks after {wanted:,} were sent; look at its log")

    def _mend(self, pair: Pair, stored: Mapping[str, Stored]) -> None:
        """Send what chunks the server has lost, and delete those that nothing refers to, as of a killed add."""
        there: set[str] = set()
        with self._server.told():
            while names := pair.chunks.get(limit=5000, offset=len(there), include=[])["ids"]:
                there.update(names)
        wanted = {chunk_id(key, i): key for key, document in stored.items() for i in range(document.chunks)}
        stray = sorted(there - wanted.keys())
        with self._server.told():
            for first in range(0, len(stray), self._batch):
                pair.chunks.delete(ids=stray[first : first + self._batch])
        for key in dict.fromkeys(key for name, key in wanted.items() if name not in there):
            self._send_again(pair, key, stored[key])

    def _send_again(self, pair: Pair, key: str, document: Stored) -> None:
        again = list(records(self._writer, key, document))
        for first in range(0, len(again), self._batch):
            self._upsert(pair, again[first : first + self._batch])

    def _finish(self, rows: Mapping[str, Any]) -> None:
        """Write down the words of many chunks, and say that all is done."""
        least = max(COMMON_AT_LEAST, int(COMMON_SHARE * self._total))
        counts = dict(self._writer.rows("SELECT term, doc FROM vocabulary WHERE doc > ?", least))
        self._server.set_common(common_words(counts))
        self._publish(rows, finished=True)

    def _publish(self, rows: Mapping[str, Any], *, changing: bool = False, finished: bool = False) -> None:
        """Say what the library is now. Not of a pair that is being filled beside the one that is read."""
        if self._current is None:
            return
        version = _next(self._current.version, changing=changing)
        chunks = {str(row["document"]): int(row["chunks"]) for row in rows.values()}
        self._current = replace(
            self._current,
            version=version,
            sources=len(rows),
            documents=len(chunks),
            chunks=sum(chunks.values()),
            common=version if finished else self._current.common,
        )
        self._server.set_root(self._current)

    def _check_cancel(self) -> None:
        if self._cancel.is_set():
            raise _Stopped


def _next(version: int, *, changing: bool = False) -> int:
    """The version after this one; odd while something is changing."""
    return version + 1 + (version % 2 == changing)


def delete(server: Server, catalog: Catalog) -> None:
    """Delete what was filled from this catalog; another's library stays. Raises StoreError."""
    root = server.root()
    if root is None or root.catalog != catalog.meta(_OWN):
        return
    for generation in (root.generation - 1, root.generation, root.generation + 1):
        server.drop_pair(generation)
    with suppress(Moved):
        server.drop_root()
