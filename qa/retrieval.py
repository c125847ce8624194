"""A question -> the passages that answer it best: dense candidates, candidates by rare words, one ranking over both."""

from __future__ import annotations

import fnmatch
import os
import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from qa.catalog import Catalog, StoredChunk
from qa.embedding import Embedder
from qa.errors import InputError, LibraryMismatch, SourceNotFound
from qa.followups import Search, search_vector
from qa.places import absolute
from qa.ranking import Parts, gather, rare_words, weigh, without_common
from qa.sentences import LINE_KINDS
from qa.settings import RetrievalSettings
from qa.store import Store
from qa.types import Document, Passage

if TYPE_CHECKING:
    from qa.embedding.session import Vectors
    from qa.holdings import Holdings

T = TypeVar("T")
Where = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]

Allowed = Mapping[int, Sequence[str]]
"""Documents, by their number in the catalog, each with those of its paths that a search may name."""

EXACT = 20_000
"""Chunks up to which a search that is limited to some sources compares every vector instead of asking the index."""


MOST_NAMED = 10_000
"""Documents that a search can be limited to inside Chroma; it fails at about 16,000."""

STEADY = 5
"""Tries to answer from one state of the catalog while it is written to; a try takes a tenth of a commit's time."""

KEPT = 16
"""Documents of which the whole text is kept in memory between questions."""


@dataclass(frozen=True, slots=True)
class _Tail:
    """Vectors of the chunks that the index does not have, read again when the catalog has changed."""

    version: int
    above: int
    ids: list[int]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Ranked:
    """The candidates of a search.

    chunks, cosines, parts: the candidates with what ranks them, in one order. order: best first. groups: those that
    make up each passage, best first, in reading order. paths, hashes: of their documents, by number.
    by_words: ids of those that were found by rare words alone. narrowed: the question without the words that many of
    them hold, from which half of the cosine in `parts` comes; None where that is the question itself.
    """

    chunks: Sequence[StoredChunk]
    cosines: Vectors
    parts: Parts
    order: Sequence[int]
    groups: Sequence[Sequence[int]]
    paths: Mapping[int, Sequence[str]]
    hashes: Mapping[int, str]
    by_words: Collection[int]
    narrowed: str | None


class Retriever(ABC):
    """Searches one library; may be used from several threads. Where its vectors lie, the subclass knows."""

    def __init__(self, catalog: Holdings, embedder: Embedder, settings: RetrievalSettings) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._settings = settings
        self._documents: tuple[int, dict[str, Document]] = (0, {})
        self._counted: tuple[int, int] | None = None
        self._lock = threading.Lock()

    def allowed(self, where: Where | None) -> Allowed | None:
        """The documents that a search is limited to; None for all. Raises InputError when `where` fits no source."""
        return None if where is None else _matching(self._catalog, where)

    def counts(self, allowed: Allowed | None) -> tuple[int, int]:
        """How many sources a search so limited looks into, and how many the library holds."""
        every = self._catalog.source_count()
        return every if allowed is None else sum(map(len, allowed.values())), every

    def search(self, search: Search, k: int, allowed: Allowed | None) -> list[Passage]:
        """The best passages, at most `k`, best first; chunks that adjoin may make one passage."""
        ranked = self.ranked(search, k, allowed)
        return self.passages(ranked, ranked.groups)

    def ranked(self, search: Search, k: int, allowed: Allowed | None) -> Ranked:
        """The candidates of a search, and which of them make its best passages, at most `k`."""
        embed = cache(self._embedder.embed_query)  # what the conversation lends is embedded once
        vector = search_vector(search, embed)
        wanted = max(self._settings.candidates, 2 * k)
        nearest = self._nearest(vector, wanted, None if allowed is None else set(allowed))
        by_words = self._by_words(search, allowed) - nearest.keys()
        chunks = list(self._catalog.chunks([*nearest, *sorted(by_words)]).values())
        paths = allowed if allowed is not None else self._catalog.source_paths({piece.document for piece in chunks})
        hashes = self._catalog.hashes(piece.document for piece in chunks)
        # What was removed since the vectors were compared is left out, and the same file under two names comes once.
        once = {
            (hashes[piece.document], piece.start): piece
            for piece in reversed(chunks)
            if piece.document in paths and piece.document in hashes
        }
        chunks = list(once.values())
        vectors = self._catalog.vectors([piece.id for piece in chunks])
        chunks = [piece for piece in chunks if piece.id in vectors]
        # However a chunk was found, its cosine is this one, to the last digit.
        cosines = _cosines(chunks, vectors, vector)
        places = [(piece.document, piece.start, piece.end) for piece in chunks]
        narrowed = without_common(search.texts[0][0], [piece.text for piece in chunks])
        telling = cosines
        if narrowed is not None:
            (_, weight), *others = search.texts
            asked = replace(search, texts=((narrowed, weight), *others))
            again = _cosines(chunks, vectors, search_vector(asked, embed))
            telling = np.asarray((cosines + again) / 2, dtype=np.float32)
        parts = weigh(search.words, self._titled(chunks), telling, places)
        scores = parts.scores
        order = sorted(range(len(chunks)), key=lambda i: (-scores[i], -cosines[i], chunks[i].id))
        groups = gather(
            order,
            places,
            lambda i: len(self._embedder.token_spans([chunks[i].text])[0]),
            k,
            int(self._catalog.meta("tokens") or self._embedder.room),
            self._embedder.room,
        )
        return Ranked(chunks, cosines, parts, order, groups, paths, hashes, by_words, narrowed)

    def _titled(self, chunks: Sequence[StoredChunk]) -> list[str]:
        """The chunks' texts, each with its document's title, whose words it may never repeat: "the summit", of Hanoi.

        But for rows, which are short and would all be alike.
        """
        titles = self._catalog.titles(piece.document for piece in chunks)
        shown = {number: f"{title}\n" for number, (title, kind) in titles.items() if kind not in LINE_KINDS}
        return [shown.get(piece.document, "") + piece.text for piece in chunks]

    def corrected(self, search: Search) -> tuple[Search, tuple[str, ...]]:
        """The search with what may be meant by misspelled words, and these, as `qa.spelling.corrected` says."""
        from qa.spelling import corrected

        return corrected(search, self._catalog)

    def passages(self, ranked: Ranked, groups: Sequence[Sequence[int]]) -> list[Passage]:
        """A passage out of each of these groups of candidates that adjoin."""
        scores = ranked.parts.scores
        return [
            self._passage(
                [ranked.chunks[i] for i in group],
                ranked.paths,
                ranked.hashes,
                score=float(scores[group].max()),
                similarity=float(ranked.cosines[group].max()),
            )
            for group in groups
        ]

    def steady(self, work: Callable[[], T]) -> T:
        """What the work returns; it is done again where the catalog was changed meanwhile.

        So a document that is just being replaced is seen as it was or as it is, and never not at all.
        """
        for _ in range(STEADY):
            version = self._catalog.version()
            try:
                done = work()
            except SourceNotFound:  # it was found, and removed before it was read
                if version == self._catalog.version():
                    raise
                continue
            if version == self._catalog.version():
                return done
        return work()

    def known(self, words: Sequence[str]) -> tuple[Mapping[str, int], int]:
        """In how many chunks of the library each word stands, and how many chunks there are."""
        return self._catalog.frequencies(words), self._chunk_count()

    def document(self, source: str) -> Document:
        """The stored document of a source, kept in memory for the next question. Raises SourceNotFound."""
        version = self._catalog.recent()
        with self._lock:
            if self._documents[0] != version:
                self._documents = (version, {})
            kept = self._documents[1]
            if source not in kept:
                if len(kept) >= KEPT:
                    kept.pop(next(iter(kept)))
                kept[source] = self._catalog.document(source)
            return kept[source]

    @abstractmethod
    def _nearest(self, vector: Vectors, wanted: int, documents: set[int] | None) -> dict[int, float]:
        """Ids of the nearest chunks that exist, and their cosines."""

    def _chunk_count(self) -> int:
        """How many chunks there are, counted again when the catalog has changed: 10 ms at a million."""
        version = self._catalog.recent()
        if self._counted is None or self._counted[0] != version:
            self._counted = version, self._catalog.chunk_count()
        return self._counted[1]

    def _by_words(self, search: Search, documents: Collection[int] | None) -> set[int]:
        """Chunks that hold rare words of the search."""
        wanted = list(search.words)
        frequencies = self._catalog.frequencies(wanted)
        rare = rare_words(wanted, frequencies, self._chunk_count())
        return set(self._catalog.chunks_with(rare, self._settings.word_candidates, documents))

    def _passage(
        self,
        pieces: Sequence[StoredChunk],
        paths: Mapping[int, Sequence[str]],
        hashes: Mapping[int, str],
        **found: Any,
    ) -> Passage:
        piece, whole = pieces[0], "".join(piece.text for piece in pieces)
        text = whole.strip()
        start = piece.start + len(whole) - len(whole.lstrip())
        mark = self._catalog.mark_at(piece.document, start)
        return Passage(
            text=text,
            source=paths[piece.document][0],
            start=start,
            end=start + len(text),
            page=mark.page,
            heading=mark.heading,
            line=piece.line + whole.count("\n", 0, start - piece.start),
            sha256=hashes[piece.document],
            **found,
        )


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
                    hits = dict(index.nearest(vector, most, documents))
                    found = {name: hits[name] for name in self._local.chunks(hits)}
                    if len(found) >= wanted or len(hits) < most or most >= 16 * wanted:
                        break
                    most *= 4
            except Exception as error:  # whatever Chroma met: leave it, the catalog has every vector
                self._store.distrust(index, error)
                found, highest = {}, 0
        if documents is None:
            tail = self._since(highest)
            found |= _best(tail.ids, tail.vectors, vector, wanted)
        else:
            found |= _best(*self._local.matrix(highest, documents), vector, wanted)
        return dict(sorted(found.items(), key=lambda item: -item[1])[:wanted])

    def _size(self, documents: Collection[int]) -> int:
        rows = self._local.rows("SELECT id, chunks FROM documents")
        return sum(chunks for number, chunks in rows if number in documents)

    def _since(self, highest: int) -> _Tail:
        version = self._local.version()
        with self._lock:
            if self._tail is None or (self._tail.version, self._tail.above) != (version, highest):
                self._tail = _Tail(version, highest, *self._local.matrix(above=highest))
            return self._tail


def _cosines(chunks: Sequence[StoredChunk], vectors: Mapping[int, Vectors], vector: Vectors) -> Vectors:
    return np.array([float(vectors[piece.id] @ vector) for piece in chunks], dtype=np.float32)


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


def matcher(where: Where) -> Callable[[str, str], bool]:
    """Whether a source, with the root it was added from, is meant by `where`.

    It is when `where` has the source itself, or a glob that fits its path below the root. Looking up a source takes as
    long for thousands of sources in `where` as for one. Raises InputError for what is no path.
    """
    items = sources_and_globs(where)
    named = {*items, *(str(absolute(item)) for item in items)}
    globs = [re.compile(fnmatch.translate(item)).match for item in items if any(sign in item for sign in "*?[")]

    def matches(source: str, root: str) -> bool:
        below = os.path.relpath(source, root) if source != root else Path(source).name
        return source in named or below in named or any(fits(below) for fits in globs)

    return matches


def sources_and_globs(where: Where | None) -> tuple[str, ...]:
    """What a search is limited to, one by one; none where it is not limited."""
    if where is None:
        return ()
    return tuple(os.fspath(item) for item in ([where] if isinstance(where, (str, os.PathLike)) else where))


def _matching(catalog: Holdings, where: Where) -> Allowed:
    """The documents that `where` allows, each with those of its paths that fit. Raises InputError for none."""
    found: dict[int, list[str]] = {}
    matches = matcher(where)
    for path, stored in sorted(catalog.stored_sources().items()):
        if matches(path, stored.root):
            found.setdefault(stored.document, []).append(path)
    if not found:
        raise InputError(f"no document of the library fits {where!r:.200}; `quoth sources` lists them")
    return found
