"""Getting a library's rows from a Chroma server, and keeping those that may be kept.

Kept between questions is what cannot change (chunks and texts, by their keys), and what is known of one version of the
library (see `seeing`), until another is seen.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from qa.errors import SourceNotFound, StoreError
from qa.remote.layout import Held, Piece, chunk_id, chunk_name, held, key_of, piece, source_id
from qa.remote.seeing import Seeing
from qa.types import Mark, mark_at

if TYPE_CHECKING:
    from qa.embedding.session import Vectors

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

PAGE = 500
"""Rows that are asked for at once."""

PIECES, TEXTS = 5_000, 32
"""Chunks with their vectors, about 3 kB each, and whole documents that are kept in memory."""


class Fetching:
    """The rows of one library on a server; may be used from several threads.

    Every method raises StoreError where the server does not answer, and Moved where the library was just rebuilt.
    """

    def __init__(self, seeing: Seeing) -> None:
        self._seeing = seeing
        self._lock = threading.Lock()
        self._pieces: OrderedDict[int, tuple[Piece, Vectors]] = OrderedDict()
        self._texts: OrderedDict[int, tuple[str, tuple[Mark, ...]]] = OrderedDict()

    def held(self, documents: Iterable[int]) -> dict[int, list[Held]]:
        """The rows of the sources of each of these documents, ordered by path."""
        wanted = list(dict.fromkeys(documents))
        with self._seeing.asking() as seen:
            missing = [number for number in wanted if number not in seen.rows]
            for first in range(0, len(missing), PAGE):
                part = missing[first : first + PAGE]
                rows = seen.pair.sources.get(
                    where={"document": {"$in": [key_of(number) for number in part]}}, include=["metadatas"]
                )
                found: dict[int, list[Held]] = {number: [] for number in part}
                for one in map(held, filter(None, rows["metadatas"])):
                    found[one.document].append(one)
                for of_one in found.values():
                    of_one.sort(key=lambda one: os.fsencode(one.source.source))
                seen.rows |= found
            return {number: seen.rows[number] for number in wanted}

    def count(self, what: Literal["sources", "chunks"]) -> int:
        """How many rows the server counts."""
        with self._seeing.asking() as seen:
            return int(getattr(seen.pair, what).count())

    def every(self) -> dict[str, Held]:
        """The row of every source, by its path, in order."""
        if self._seeing.root() is None:
            return {}
        with self._seeing.asking() as seen:
            if seen.every is None:
                rows = [held(row) for page in pages(seen.pair.sources) for row in page.values() if row]
                seen.every = {
                    one.source.source: one for one in sorted(rows, key=lambda one: os.fsencode(one.source.source))
                }
            return seen.every

    def source(self, source: str) -> Held:
        """The row of a source. Raises SourceNotFound."""
        if self._seeing.root() is not None:
            with self._seeing.asking() as seen:
                if seen.every is not None:
                    found = seen.every.get(source)
                else:
                    rows = seen.pair.sources.get(ids=[source_id(source)], include=["metadatas"])["metadatas"]
                    found = held(rows[0]) if rows and rows[0] else None
            if found:
                return found
        raise SourceNotFound(f"{source} is not in the library; `quoth sources` lists what is")

    def query(self, vector: Vectors, most: int, within: Sequence[str] | None) -> dict[int, float]:
        """Numbers of the nearest chunks, in documents of these keys, and their cosines, best first."""
        where: Any = None if within is None else {"document": {"$in": list(within)}}
        with self._seeing.asking() as seen:
            got = seen.pair.chunks.query(
                query_embeddings=[vector],
                n_results=most,
                where=where,
                include=["metadatas", "documents", "embeddings", "distances"],
            )
        lists = (got["ids"][0], got["documents"][0], got["metadatas"][0], got["embeddings"][0])
        kept = self._keep(*lists)
        far = dict(zip(got["ids"][0], got["distances"][0], strict=True))
        return {number: 1.0 - float(far[chunk_name(number)]) for number in kept}

    def fetched(self, ids: Collection[int]) -> dict[int, tuple[Piece, Vectors]]:
        """Those of the chunks that the server has, with their vectors."""
        found: dict[int, tuple[Piece, Vectors]] = {}
        with self._lock:
            for number in ids:
                if number in self._pieces:
                    self._pieces.move_to_end(number)
                    found[number] = self._pieces[number]
        missing = [number for number in ids if number not in found]
        for first in range(0, len(missing), PAGE):
            with self._seeing.asking() as seen:
                got = seen.pair.chunks.get(
                    ids=[chunk_name(number) for number in missing[first : first + PAGE]],
                    include=["metadatas", "documents", "embeddings"],
                )
            lists = (got["ids"], got["documents"], got["metadatas"], got["embeddings"])
            self._keep(*lists, into=found)
        return {number: found[number] for number in ids if number in found}

    def _keep(
        self,
        names: Sequence[str],
        texts: Sequence[str | None],
        rows: Sequence[Mapping[str, Any] | None],
        vectors: Sequence[Any],
        into: dict[int, tuple[Piece, Vectors]] | None = None,
    ) -> list[int]:
        """Keep chunks as they came; returns their numbers."""
        import numpy as np

        # A row that is just being deleted can come with its id alone.
        whole = [
            (piece(name, text, row), vector)
            for name, text, row, vector in zip(names, texts, rows, vectors, strict=True)
            if row and text is not None and vector is not None
        ]
        numbers = []
        with self._lock:
            for one, vector in whole:
                kept = (one, np.asarray(vector, dtype=np.float32))
                _remember(self._pieces, one.chunk.id, kept, PIECES)
                numbers.append(one.chunk.id)
                if into is not None:
                    into[one.chunk.id] = kept
        return numbers

    def part(self, document: int, start: int, end: int | None) -> list[Piece]:
        """The chunks of a document that have characters from start to end, in their order."""
        key = {"document": key_of(document)}
        where: Any = key
        if start > 0 or end is not None:
            bounds: list[Any] = [{"end": {"$gt": start}}, *([{"start": {"$lt": end}}] if end is not None else [])]
            where = {"$and": [key, *bounds]}
        found: list[Piece] = []
        while True:
            with self._seeing.asking() as seen:
                got = seen.pair.chunks.get(
                    where=where, limit=PAGE, offset=len(found), include=["metadatas", "documents"]
                )
                found += _pieces(got)
            if len(got["ids"]) < PAGE:
                return sorted(found, key=lambda one: one.chunk.ordinal)

    def mark_at(self, document: int, offset: int) -> Mark:
        """The page and heading that a character of a document stands under."""
        with self._lock:
            if kept := self._texts.get(document):
                return mark_at(kept[1], offset)
            found = next((one for one, _ in self._pieces.values() if one.holds(document, offset)), None)
        pieces = [found] if found else self.part(document, offset, offset + 1)
        return pieces[0].mark_at(offset) if pieces else Mark(0)

    def kept_text(self, document: int) -> str | None:
        """The text of a document that was put together before."""
        with self._lock:
            kept = self._texts.get(document)
        return kept[0] if kept else None

    def whole(self, row: Held) -> tuple[str, tuple[Mark, ...]]:
        """The text and marks of a source's document, out of the chunks that tile it."""
        with self._lock:
            if kept := self._texts.get(row.document):
                return kept
        key = key_of(row.document)
        pieces: list[Piece] = []
        names = [chunk_id(key, ordinal) for ordinal in range(row.source.chunks)]
        for first in range(0, len(names), PAGE):
            with self._seeing.asking() as seen:
                got = seen.pair.chunks.get(ids=names[first : first + PAGE], include=["metadatas", "documents"])
                pieces += _pieces(got)
        pieces.sort(key=lambda one: one.chunk.ordinal)
        text = "".join(one.chunk.text for one in pieces)
        if len(pieces) != len(names) or len(text) != row.source.characters:
            self._seeing.version()
            if self.source(row.source.source).document != row.document:
                raise SourceNotFound(f"{row.source.source} was read again just now")
            raise StoreError(
                f"the server has {len(pieces):,} of the {len(names):,} chunks of {row.source.source}; run quoth "
                "rebuild where its documents were added"
            )
        found = text, tuple(mark for one in pieces for mark in one.marks)
        with self._lock:
            _remember(self._texts, row.document, found, TEXTS)
        return found


def _pieces(got: Mapping[str, Any]) -> list[Piece]:
    """The chunks that the server gave, without those that are just being deleted."""
    rows = zip(got["ids"], got["documents"], got["metadatas"], strict=True)
    return [piece(name, text, row) for name, text, row in rows if row and text is not None]


def pages(collection: Any) -> Iterator[dict[str, Mapping[str, Any]]]:
    """All rows of a collection: their metadata by their ids, in pages."""
    offset = 0
    while (got := collection.get(limit=PAGE, offset=offset, include=["metadatas"]))["ids"]:
        yield dict(zip(got["ids"], got["metadatas"], strict=True))
        offset += len(got["ids"])


def _remember(kept: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    """Keep a value, and forget what was used longest ago."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
