"""The documents of a library on a Chroma server: what a catalog answers (qa.holdings), asked of the server."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from qa.catalog import StoredChunk, StoredSource
from qa.errors import LibraryMismatch, SourceNotFound
from qa.remote.faults import Moved
from qa.remote.fetching import Fetching
from qa.remote.layout import Root, chunk_number, document_number, key_of
from qa.remote.seeing import Seeing
from qa.remote.server import Server
from qa.types import Document, Mark, Source, SourceState
from qa.words import SPELLING

if TYPE_CHECKING:
    from qa.embedding.session import Vectors

NAMED = 5_000
"""Documents that one search is limited to; for more it is made several times."""


class ServerCatalog:
    """A library on a server, open for reading; may be used from several threads.

    Every method raises StoreError where the server does not answer, and Moved where the library was just rebuilt.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self._seeing = Seeing(server)
        self._rows = Fetching(self._seeing)

    def close(self) -> None:
        """Close the connections."""
        self.server.close()

    def check_spelling(self) -> None:
        """Raise LibraryMismatch where the library's lists of words are spelled in another way than here."""
        root = self.root()
        if root and root.spelling != spelling():
            raise LibraryMismatch(
                f"the library on {self.server.url} was filled by another version of Quoth, which spells words in "
                f"another way ({root.spelling}, here {spelling()}); install the same one, or run quoth rebuild there"
            )

    def version(self) -> int:
        """A number that changes when the library does; asks the server."""
        return self._seeing.version()

    def recent(self) -> int:
        """`version`, as it was a moment ago."""
        return self._seeing.recent()

    def look_again(self) -> None:
        """Take nothing for what it was: this process has just changed the library."""
        self._seeing.look_again()

    def root(self) -> Root | None:
        """What the library is, as it was a moment ago; None where the server has none."""
        return self._seeing.root()

    def meta(self, key: str) -> str | None:
        """A fact about the library: "fingerprint", "model" or "tokens"."""
        root = self.root()
        return None if root is None else str(getattr(root, key))

    # Sources and documents

    def source_count(self) -> int:
        """How many sources there are."""
        root = self.root()
        if root is None:
            return 0
        return self._rows.count("sources") if root.changing else root.sources

    def sources(self) -> list[Source]:
        """Every source with its document, ordered by path; as they are now."""
        self.version()
        return [one.source for one in self._rows.every().values()]

    def stored_sources(self) -> dict[str, StoredSource]:
        """Every source by its path, with the root that it was added with; the time of its file is not known here."""
        return {
            path: StoredSource(path, one.document, one.root, one.source.size, 0)
            for path, one in self._rows.every().items()
        }

    def source_paths(self, documents: Iterable[int]) -> dict[int, list[str]]:
        """The paths of each of these documents, in order; none for one that is not, or not yet, in the library."""
        found = self._rows.held(documents)
        return {number: [one.source.source for one in rows] for number, rows in found.items() if rows}

    def document_of(self, source: str) -> int:
        """The number of a source's document. Raises SourceNotFound."""
        return self._rows.source(source).document

    def document(self, source: str) -> Document:
        """The whole document of a source. Raises SourceNotFound."""
        row = self._rows.source(source)
        text, marks = self._rows.whole(row)
        facts = row.source
        return Document(source, text, facts.kind, facts.sha256, marks, facts.encoding, facts.title, row.notices)

    def state(self, source: str, sha256: str | None) -> SourceState:
        """As `Library.state`, for a machine that has not the files: "changed" is another document than it was."""
        try:
            row = self._rows.source(source)
        except Moved:
            raise
        except SourceNotFound:
            return "removed"
        return "current" if sha256 in (None, row.source.sha256) else "changed"

    def of_kinds(self, kinds: Collection[str]) -> list[tuple[int, str, str, str]]:
        """As `Catalog.of_kinds`."""
        found: dict[int, tuple[int, str, str, str]] = {}
        for path, one in self._rows.every().items():
            if one.source.kind in kinds:
                found.setdefault(one.document, (one.document, one.source.kind, one.source.sha256, path))
        return list(found.values())

    def text(self, document: int, start: int = 0, end: int | None = None) -> str:
        """The document's characters from start to end."""
        kept = self._rows.kept_text(document)
        if kept is not None:
            return kept[start:end]
        pieces = self._rows.part(document, start, end)
        if not pieces:
            return ""
        first = pieces[0].chunk.start
        text = "".join(one.chunk.text for one in pieces)
        return text[max(0, start - first) : None if end is None else end - first]

    def hashes(self, documents: Iterable[int]) -> dict[int, str]:
        """The SHA-256 of each document's file."""
        return {number: rows[0].source.sha256 for number, rows in self._rows.held(documents).items() if rows}

    def titles(self, documents: Iterable[int]) -> dict[int, tuple[str, str]]:
        """The title and the kind of each document that has a title."""
        held = {number: rows[0].source for number, rows in self._rows.held(documents).items() if rows}
        return {number: (one.title, one.kind) for number, one in held.items() if one.title}

    def marks(self, document: int, end: int | None = None) -> list[Mark]:
        """The pages and headings that begin in a document, or before the character `end`, in their order."""
        pieces = self._rows.part(document, 0, end)
        return [mark for one in pieces for mark in one.marks if end is None or mark.start < end]

    def mark_at(self, document: int, offset: int) -> Mark:
        """The page and heading that a character stands under."""
        return self._rows.mark_at(document, offset)

    # Chunks

    def chunk_count(self) -> int:
        """How many chunks there are."""
        root = self.root()
        if root is None:
            return 0
        return self._rows.count("chunks") if root.changing else root.chunks

    def nearest(self, vector: Vectors, wanted: int, documents: Collection[int] | None = None) -> dict[int, float]:
        """Ids of the nearest chunks, of these documents only if they are given, and their cosines, best first."""
        keys = None if documents is None else [key_of(number) for number in sorted(documents)]
        found: dict[int, float] = {}
        for first in range(0, 1 if keys is None else len(keys), NAMED):
            within = None if keys is None else keys[first : first + NAMED]
            most = wanted
            while True:  # chunks come before, and go after, the row that makes them part of the library
                hits = self._rows.query(vector, most, within)
                there = self.chunks(hits)
                if len(there) >= min(wanted, len(hits)) or len(hits) < most or most >= 16 * wanted:
                    break
                most *= 4
            found |= {number: hits[number] for number in there}
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0]))[:wanted])

    def chunks(self, ids: Collection[int]) -> dict[int, StoredChunk]:
        """Those of the chunks that exist."""
        shown = self.source_paths({document_number(number) for number in ids})
        there = [number for number in ids if document_number(number) in shown]
        return {number: one.chunk for number, (one, _) in self._rows.fetched(there).items()}

    def spans(self, document: int) -> list[tuple[int, int, int]]:
        """Id, start and end of each chunk of a document, in their order."""
        return [(one.chunk.id, one.chunk.start, one.chunk.end) for one in self._rows.part(document, 0, None)]

    def vectors(self, ids: Collection[int]) -> dict[int, Vectors]:
        """The vectors of those of the chunks that exist."""
        return {number: vector for number, (_, vector) in self._rows.fetched(ids).items()}

    # Words

    def frequencies(self, words: Sequence[str]) -> Mapping[str, int]:
        """In how many chunks each of the words stands; words as qa.words spells them."""
        with self._seeing.asking() as seen:
            return self._seeing.counting(seen).frequencies(words)

    def chunks_with(self, words: Sequence[str], most: int, documents: Collection[int] | None = None) -> list[int]:
        """Ids of at most `most` chunks that hold any of the words, best first."""
        if not words or not most:
            return []
        with self._seeing.asking() as seen:
            return [chunk_number(name) for name in self._seeing.counting(seen).best(words, most, documents)]


def spelling() -> str:
    """How words are spelled here; as the catalog says it of its word index."""
    from importlib.metadata import version

    return f"{SPELLING} {version('snowballstemmer')}"
