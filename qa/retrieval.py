"""A question -> the passages that answer it best: dense candidates, candidates by rare words, one ranking over both."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from qa.catalog import StoredChunk
from qa.embedding import Embedder
from qa.errors import SourceNotFound
from qa.followups import Search, search_vector
from qa.ranking import Parts, gather, rare_words, weigh, without_common
from qa.sentences import LINE_KINDS
from qa.settings import RetrievalSettings
from qa.types import Document, Passage
from qa.where import Allowed, Where, fitting
from qa.words import words

if TYPE_CHECKING:
    from qa.embedding.session import Vectors
    from qa.holdings import Holdings

T = TypeVar("T")

STEADY = 5
"""Tries to answer from one state of the catalog while it is written to; a try takes a tenth of a commit's time."""

KEPT = 16
"""Documents of which the whole text is kept in memory between questions."""


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
        return None if where is None else fitting(self._catalog, where)

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
        # No more than there are: Chroma fails on a number beyond 32 bits, as sys.maxsize is.
        wanted = max(self._settings.candidates, 2 * min(k, self._chunk_count()))
        nearest = self._nearest(vector, wanted, None if allowed is None else set(allowed))
        by_words = self._by_words(search, allowed) - nearest.keys()
        chunks = list(self._catalog.chunks([*nearest, *sorted(by_words)]).values())
        paths = allowed if allowed is not None else self._catalog.source_paths({piece.document for piece in chunks})
        hashes = self._catalog.hashes(piece.document for piece in chunks)
        # What was removed since the vectors were compared is left out.
        chunks = [piece for piece in chunks if piece.document in paths and piece.document in hashes]
        titles = self._catalog.titles(piece.document for piece in chunks)
        chunks = _once(chunks, titles, search.words)
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
        parts = weigh(search.words, _titled(chunks, titles), telling, places)
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


def _once(
    chunks: Sequence[StoredChunk], titles: Mapping[int, tuple[str, str]], asked: Collection[str]
) -> list[StoredChunk]:
    """One of the chunks that say the same, as in the copies of a file or beside its PDF, by their ids.

    What is found five times over leaves no room for others. It is the one whose document's title has most of the words
    that are asked for, or else the first.
    """
    told = {number: len({*words(title)}.intersection(asked)) for number, (title, _) in titles.items()}
    best: dict[str, StoredChunk] = {}
    for piece in sorted(chunks, key=lambda piece: (told.get(piece.document, 0), -piece.id)):
        best[" ".join(piece.text.casefold().split())] = piece
    return sorted(best.values(), key=lambda piece: piece.id)


def _titled(chunks: Sequence[StoredChunk], titles: Mapping[int, tuple[str, str]]) -> list[str]:
    """The chunks' texts, each with its document's title, whose words it may never repeat: "the summit", of Hanoi.

    But for rows, which are short and would all be alike.
    """
    shown = {number: f"{title}\n" for number, (title, kind) in titles.items() if kind not in LINE_KINDS}
    return [shown.get(piece.document, "") + piece.text for piece in chunks]


def _cosines(chunks: Sequence[StoredChunk], vectors: Mapping[int, Vectors], vector: Vectors) -> Vectors:
    return np.array([float(vectors[piece.id] @ vector) for piece in chunks], dtype=np.float32)
