"""Searching a library that lies in its folder: its nearest chunks, from Chroma's index and the catalog's vectors."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qa.catalog import Catalog
from qa.catalog.repeated import firsts
from qa.embedding import Embedder
from qa.errors import LibraryError, LibraryMismatch
from qa.retrieval import Retriever
from qa.settings import RetrievalSettings
from qa.store import Store

if TYPE_CHECKING:
    from qa.embedding.session import Vectors

EXACT = 20_000
"""Chunks up to which a search that is limited to some sources compares every vector instead of asking the index."""

MOST_NAMED = 10_000
"""Documents that a search can be limited to inside Chroma; it fails at about 16,000."""


@dataclass(frozen=True, slots=True)
class _Tail:
    """Vectors of the chunks that the index does not have, read again when the catalog has changed."""

    version: int
    above: int
    ids: list[int]
    vectors: Vectors


class LocalRetriever(Retriever):
    """Searches a library whose vectors lie in its folder: in an index of Chroma's and in the catalog."""

    def __init__(self, catalog: Catalog, store: Store, embedder: Embedder, settings: RetrievalSettings) -> None:
        super().__init__(catalog, embedder, settings)
        self._local = catalog
        self._store = store
        self._tail: _Tail | None = None

    def _nearest(self, vector: Vectors, wanted: int, documents: set[int] | None) -> dict[int, float]:
        if documents is not None and (len(documents) > MOST_NAMED or self._size(documents) <= EXACT):
            return _best(*self._local.matrix(documents=documents), vector, wanted)
        index, highest = self._store.current(self._local)
        found: dict[int, float] = {}
        if index:
            try:
                most = wanted
                while True:  # what was removed since the index was built is still in it
                    hits = index.nearest(vector, most, documents)
                    found = self._existing(hits, documents)
                    if len(found) >= wanted or len(hits) < most or most >= 16 * wanted:
                        break
                    most *= 4
            except LibraryError:  # of the catalog, for which the index is not to blame
                raise
            except Exception as error:  # whatever Chroma met: leave it, the catalog has every vector
                self._store.distrust(index, error)
                found, highest = {}, 0
        if documents is None:
            tail = self._since(highest)
            found |= _best(tail.ids, tail.vectors, vector, wanted)
        else:
            found |= _best(*self._local.matrix(highest, documents), vector, wanted)
        return dict(sorted(found.items(), key=lambda item: -item[1])[:wanted])

    def _existing(
        self, hits: Sequence[tuple[int | bytes, float]], documents: Collection[int] | None
    ) -> dict[int, float]:
        """The chunks that the library still has for what an index found, and their cosines."""
        first = firsts(self._local, [name for name, _ in hits if isinstance(name, bytes)], documents)
        cosines = {first.get(name) if isinstance(name, bytes) else name: cosine for name, cosine in hits}
        return {name: cosines[name] for name in self._local.chunks([name for name in cosines if name is not None])}

    def _size(self, documents: Collection[int]) -> int:
        rows = self._local.rows("SELECT id, chunks FROM documents")
        return sum(chunks for number, chunks in rows if number in documents)

    def _since(self, highest: int) -> _Tail:
        version = self._local.version()
        with self._lock:
            if self._tail is None or (self._tail.version, self._tail.above) != (version, highest):
                self._tail = _Tail(version, highest, *self._local.matrix(above=highest))
            return self._tail


def _best(ids: Sequence[int], vectors: Vectors, vector: Vectors, most: int) -> dict[int, float]:
    """The `most` nearest of these chunks, and their cosines."""
    if not ids:
        return {}
    if vectors.shape[1] != len(vector):
        raise LibraryMismatch(
            f"the vectors of this library have {vectors.shape[1]} numbers, and those of the embedding model "
            f"{len(vector)}; run quoth doctor, which says what mends it"
        )
    cosines = vectors @ vector
    rows = np.arange(len(ids))
    if len(ids) > most:  # those that can be among them, so that not all are sorted
        rows = np.flatnonzero(-cosines <= np.partition(-cosines, most - 1)[most - 1])
    order = rows[np.argsort(-cosines[rows], kind="stable")[:most]]
    return {ids[row]: float(cosines[row]) for row in order}
