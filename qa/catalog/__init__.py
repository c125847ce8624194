"""SQLite: the truth of a library. Documents, their text and marks, chunks, vectors, and which index is current.

The text of a document is its chunks' texts put together; paths are kept as bytes, since a file's name need not be
valid UTF-8. Catalog reads; qa.catalog.writing.Writer changes.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.catalog import schema
from qa.catalog.repeated import once
from qa.errors import SourceNotFound
from qa.types import Document, Mark, Source

if TYPE_CHECKING:
    from qa.embedding.session import Vectors

_MOST_VARIABLES = 500


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk as the catalog has it. `document` and `id` are the catalog's own numbers."""

    id: int
    document: int
    ordinal: int
    start: int
    end: int
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class StoredSource:
    """A file as it was when it was read, and the folder (or the file itself) that it was added with."""

    path: str
    document: int
    root: str
    size: int
    mtime_ns: int


class Catalog:
    """A library's catalog, open for reading; may be used from several threads."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self._folder = folder
        self._frozen = schema.frozen(folder)
        self._connection = schema.connect(folder, create=create)
        self._lock = threading.RLock()

    def close(self) -> None:
        """Close the file; the object cannot be used afterwards."""
        with self._lock:
            self._connection.close()

    def outdated(self) -> bool:
        """Whether a catalog that could not be written to when it was opened has changed, and has to be opened again."""
        return self._frozen is not None and self._frozen != schema.frozen(self._folder)

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """All rows of a query. Raises LibraryDamaged; LibraryError when the disk or another process is in the way."""
        with self._lock, schema.told(self._folder):
            return self._connection.execute(sql, values).fetchall()

    def value(self, sql: str, *values: Any) -> Any:
        """The first column of the first row, or None."""
        found = self.rows(sql, *values)
        return found[0][0] if found else None

    def version(self) -> int:
        """A number that changes when another connection has committed."""
        return int(self.value("PRAGMA data_version"))

    def recent(self) -> int:
        """As `version`, for what is kept between questions; a library on a server may give one that is a moment old."""
        return self.version()

    def meta(self, key: str) -> str | None:
        """A fact about the library: "fingerprint", "model", "tokens", "index", ..."""
        found = self.value("SELECT value FROM meta WHERE key = ?", key)
        return None if found is None else str(found)

    # Sources and documents

    def sources(self) -> list[Source]:
        """Every source with its document, ordered by path."""
        rows = self.rows(
            """SELECT s.path, d.kind, s.size, d.chunks, d.characters, s.added, d.sha256, d.title, d.encoding
               FROM sources s JOIN documents d ON d.id = s.document ORDER BY s.path"""
        )
        return [Source(os.fsdecode(path), *rest) for path, *rest in rows]

    def source_count(self) -> int:
        """How many sources there are."""
        return int(self.value("SELECT count(*) FROM sources"))

    def stored_sources(self) -> dict[str, StoredSource]:
        """Every source by its path, as it was when it was read."""
        rows = self.rows("SELECT path, document, root, size, mtime_ns FROM sources")
        return {
            os.fsdecode(path): StoredSource(os.fsdecode(path), document, os.fsdecode(root), size, mtime)
            for path, document, root, size, mtime in rows
        }

    def roots(self) -> dict[str, bool]:
        """What was added by name, in order, and whether it is a folder."""
        rows = self.rows("SELECT path, is_folder FROM roots ORDER BY path")
        return {os.fsdecode(path): bool(is_folder) for path, is_folder in rows}

    def excluded(self) -> set[str]:
        """What was removed by hand."""
        return {os.fsdecode(path) for (path,) in self.rows("SELECT path FROM excluded")}

    def source_paths(self, documents: Iterable[int]) -> dict[int, list[str]]:
        """The paths of each of these documents, in order."""
        paths: dict[int, list[str]] = {}
        for part in _parts(list(documents)):
            marks = ",".join("?" * len(part))
            for document, path in self.rows(
                f"SELECT document, path FROM sources WHERE document IN ({marks}) ORDER BY path",  # noqa: S608
                *part,
            ):
                paths.setdefault(document, []).append(os.fsdecode(path))
        return paths

    def document_of(self, source: str) -> int:
        """The number of a source's document. Raises SourceNotFound."""
        found = self.value("SELECT document FROM sources WHERE path = ?", os.fsencode(source))
        if found is None:
            raise SourceNotFound(f"{source} is not in the library; `quoth sources` lists what is")
        return int(found)

    def of_kinds(self, kinds: Collection[str]) -> list[tuple[int, str, str, str]]:
        """The documents of these kinds, ordered by their first path: number, kind, SHA-256 and that path."""
        marks = ",".join("?" * len(kinds))
        rows = self.rows(
            f"""SELECT d.id, d.kind, d.sha256, min(s.path) AS path FROM documents d JOIN sources s ON s.document = d.id
                WHERE d.kind IN ({marks}) GROUP BY d.id ORDER BY path""",  # noqa: S608
            *sorted(kinds),
        )
        return [(number, kind, sha256, os.fsdecode(path)) for number, kind, sha256, path in rows]

    def text(self, document: int, start: int = 0, end: int | None = None) -> str:
        """The document's characters from start to end."""
        stop = self.value("SELECT characters FROM documents WHERE id = ?", document) if end is None else end
        rows = self.rows(
            """SELECT start, text FROM chunks WHERE document = ? AND "end" > ? AND start < ? ORDER BY ordinal""",
            document,
            start,
            stop,
        )
        if not rows:
            return ""
        first = rows[0][0]
        return "".join(text for _, text in rows)[max(0, start - first) : stop - first]

    def document(self, source: str) -> Document:
        """The whole document of a source. Raises SourceNotFound."""
        number = self.document_of(source)
        found = self.rows("SELECT kind, sha256, encoding, title, notices FROM documents WHERE id = ?", number)
        if not found:
            raise SourceNotFound(f"{source} was removed from the library just now")
        kind, sha256, encoding, title, notices = found[0]
        return Document(
            source=source,
            text=self.text(number),
            kind=kind,
            sha256=sha256,
            marks=tuple(self.marks(number)),
            encoding=encoding,
            title=title,
            notices=tuple(json.loads(notices)),
        )

    def hashes(self, documents: Iterable[int]) -> dict[int, str]:
        """The SHA-256 of each document's file."""
        found: dict[int, str] = {}
        for part in _parts(list(set(documents))):
            marks = ",".join("?" * len(part))
            rows = self.rows(f"SELECT id, sha256 FROM documents WHERE id IN ({marks})", *part)  # noqa: S608
            found |= dict(rows)
        return found

    def titles(self, documents: Iterable[int]) -> dict[int, tuple[str, str]]:
        """The title and the kind of each document that has a title."""
        found: dict[int, tuple[str, str]] = {}
        for part in _parts(list(set(documents))):
            marks = ",".join("?" * len(part))
            for number, title, kind in self.rows(
                f"SELECT id, title, kind FROM documents WHERE title != '' AND id IN ({marks})",  # noqa: S608
                *part,
            ):
                found[number] = title, kind
        return found

    def marks(self, document: int, end: int | None = None) -> list[Mark]:
        """The pages and headings that begin in a document, or before the character `end`, in their order."""
        rows = self.rows(
            "SELECT start, page, heading FROM marks WHERE document = ?1 AND (?2 IS NULL OR start < ?2) ORDER BY start",
            document,
            end,
        )
        return [Mark(*mark) for mark in rows]

    def mark_at(self, document: int, offset: int) -> Mark:
        """The page and heading that a character stands under."""
        found = self.rows(
            "SELECT start, page, heading FROM marks WHERE document = ? AND start <= ? ORDER BY start DESC LIMIT 1",
            document,
            offset,
        )
        return Mark(*found[0]) if found else Mark(0)

    # Chunks

    def chunk_count(self) -> int:
        """How many chunks there are."""
        return int(self.value("SELECT count(*) FROM chunks"))

    def chunks(self, ids: Collection[int]) -> dict[int, StoredChunk]:
        """Those of the chunks that exist."""
        found: dict[int, StoredChunk] = {}
        for part in _parts(list(ids)):
            marks = ",".join("?" * len(part))
            for row in self.rows(
                f'SELECT id, document, ordinal, start, "end", line, text FROM chunks WHERE id IN ({marks})',  # noqa: S608
                *part,
            ):
                found[row[0]] = StoredChunk(*row)
        return found

    def spans(self, document: int) -> list[tuple[int, int, int]]:
        """Id, start and end of each chunk of a document, in their order."""
        return self.rows('SELECT id, start, "end" FROM chunks WHERE document = ? ORDER BY ordinal', document)

    def vectors(self, ids: Collection[int]) -> dict[int, Vectors]:
        """The vectors of those of the chunks that exist."""
        import numpy as np

        found: dict[int, Vectors] = {}
        for part in _parts(list(ids)):
            marks = ",".join("?" * len(part))
            for number, blob in self.rows(
                f"SELECT c.id, v.vector FROM chunks c JOIN vectors v ON v.hash = c.vector WHERE c.id IN ({marks})",  # noqa: S608
                *part,
            ):
                found[number] = np.frombuffer(blob, dtype="<f4")
        return found

    def matrix(self, above: int = 0, documents: Collection[int] | None = None) -> tuple[list[int], Vectors]:
        """Ids and vectors of the chunks above an id, of these documents: shape (chunks, dimension).

        Of a text that more than `qa.catalog.repeated.COPIES` of them have, the first alone.
        """
        import numpy as np

        sql = "SELECT c.id, v.vector, v.hash FROM chunks c JOIN vectors v ON v.hash = c.vector WHERE c.id > ?"
        rows: list[Any] = []
        if documents is None:
            rows = self.rows(f"{sql} ORDER BY c.id", above)
        else:
            for part in _parts(sorted(documents)):
                marks = ",".join("?" * len(part))
                rows += self.rows(f"{sql} AND c.document IN ({marks}) ORDER BY c.id", above, *part)
        rows = once(rows)
        vectors = np.frombuffer(b"".join(blob for _, blob, _ in rows), dtype="<f4")
        return [number for number, _, _ in rows], vectors.reshape(len(rows), -1) if rows else np.zeros(
            (0, 0), np.float32
        )

    def every_chunk(self, batch: int) -> Iterator[list[Any]]:
        """All chunks with their vectors, in batches: rows of id, document, start, end, text, vector as bytes, hash."""
        last = 0
        while rows := self.rows(
            """SELECT c.id, c.document, c.start, c."end", c.text, v.vector, v.hash
               FROM chunks c JOIN vectors v ON v.hash = c.vector WHERE c.id > ? ORDER BY c.id LIMIT ?""",
            last,
            batch,
        ):
            yield rows
            last = rows[-1][0]

    def known_vectors(self, hashes: Collection[bytes]) -> set[bytes]:
        """Those of the hashes that have a vector."""
        known: set[bytes] = set()
        for part in _parts(list(hashes)):
            marks = ",".join("?" * len(part))
            known |= {row[0] for row in self.rows(f"SELECT hash FROM vectors WHERE hash IN ({marks})", *part)}  # noqa: S608
        return known

    # Words

    def frequencies(self, words: Sequence[str]) -> Mapping[str, int]:
        """In how many chunks each of the words stands; words as qa.words spells them."""
        found: dict[str, int] = dict.fromkeys(words, 0)
        for part in _parts(list(found)):
            marks = ",".join("?" * len(part))
            found |= dict(self.rows(f"SELECT term, doc FROM vocabulary WHERE term IN ({marks})", *part))  # noqa: S608
        return found

    def chunks_with(self, words: Sequence[str], most: int, documents: Collection[int] | None = None) -> list[int]:
        """Ids of at most `most` chunks that hold any of the words, best first by SQLite's bm25."""
        if not words or not most:
            return []
        query = " OR ".join(f'"{word}"' for word in words)
        if documents is None:
            rows = self.rows("SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?", query, most)
        else:
            rows = self.rows(
                """SELECT w.rowid FROM words w JOIN chunks c ON c.id = w.rowid
                   WHERE w.words MATCH ? AND c.document IN (SELECT value FROM json_each(?))
                   ORDER BY w.rank LIMIT ?""",
                query,
                json.dumps(sorted(documents)),
                most,
            )
        return [row[0] for row in rows]


def _parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values in runs that fit into one statement."""
    for first in range(0, len(values), _MOST_VARIABLES):
        yield values[first : first + _MOST_VARIABLES]
