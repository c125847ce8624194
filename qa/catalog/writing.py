"""Changes to a catalog: one transaction a step, so that a reader sees a document whole or not at all."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa import space
from qa.catalog import Catalog, schema
from qa.errors import LibraryError
from qa.types import Chunk, Document, Failure
from qa.words import SPELLING, words

if TYPE_CHECKING:
    from qa.embedding.session import Vectors


PATIENCE = 3
"""Seconds that erasing waits for other connections to end their reading, which is a matter of milliseconds."""

_GROWTH = 20
"""Bytes that a character of English text takes here, at most: 384 numbers to a chunk of 800, twice for the journal."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells a file that has not changed: its size in bytes and its time in nanoseconds."""

    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """The stamp of a file now. Raises OSError."""
        stat = path.stat()
        return cls(stat.st_size, stat.st_mtime_ns)


class Writer(Catalog):
    """A catalog open for changing. The caller holds the library's lock."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, create=True)
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA secure_delete = ON")  # most of what is deleted is gone with the commit
        self.spell_again()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside takes effect together, or not at all."""
        with self._lock:
            self.rows("BEGIN IMMEDIATE")
            try:
                yield
                self.rows("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has rolled back by itself
                    self._connection.execute("ROLLBACK")
                raise

    def need(self, characters: int) -> None:
        """Raise LibraryError where there is no room on the disk for documents with this much text."""
        space.need(self._folder, _GROWTH * characters, "what is being added")

    def many(self, sql: str, rows: Iterable[Any]) -> None:
        """Do a statement for each row of values. Raises as `rows` does."""
        with self._lock, schema.told(self._folder):
            self._connection.executemany(sql, rows)

    def set_meta(self, **facts: str) -> None:
        """Keep facts about the library."""
        for key, value in facts.items():
            self.rows("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, value)

    def add_vectors(self, hashes: Sequence[bytes], vectors: Vectors) -> None:
        """Keep vectors, shape (len(hashes), dimension), under the hashes of the texts they are of."""
        rows = [(name, vector.astype("<f4").tobytes()) for name, vector in zip(hashes, vectors, strict=True)]
        self.many("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)

    def hashes_of(self, path: str) -> list[bytes]:
        """The hashes of the texts of a source's chunks; none where it is no source."""
        found = self.rows(
            "SELECT DISTINCT vector FROM chunks WHERE document = (SELECT document FROM sources WHERE path = ?)",
            os.fsencode(path),
        )
        return [name for (name,) in found]

    def find_document(self, sha256: str, suffix: str) -> int | None:
        """The number of the document with this content, if it is there."""
        found = self.value("SELECT id FROM documents WHERE sha256 = ? AND suffix = ?", sha256, suffix)
        return None if found is None else int(found)

    def add_document(self, document: Document, suffix: str, chunks: Sequence[Chunk], hashes: Sequence[bytes]) -> int:
        """Keep a document with its marks and chunks, whose vectors are kept already; returns its number."""
        number = self._connection.execute(
            """INSERT INTO documents (sha256, suffix, kind, characters, chunks, title, encoding, notices)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                document.sha256,
                suffix,
                document.kind,
                len(document.text),
                len(chunks),
                document.title,
                document.encoding,
                json.dumps(document.notices),
            ),
        ).lastrowid
        assert number is not None  # noqa: S101 (an INSERT has a row)
        marks = {mark.start: (number, mark.start, mark.page, mark.heading) for mark in document.marks}
        self.many("INSERT INTO marks VALUES (?, ?, ?, ?)", marks.values())
        self._insert_chunks(number, document, chunks, hashes)
        return number

    def replace_chunks(self, number: int, document: Document, chunks: Sequence[Chunk], hashes: Sequence[bytes]) -> None:
        """Cut a document in another way; the vectors of the chunks are kept already."""
        self._delete_chunks(number)
        self._insert_chunks(number, document, chunks, hashes)
        self.rows("UPDATE documents SET chunks = ? WHERE id = ?", len(chunks), number)

    def set_source(self, path: str, document: int, root: str, stamp: Stamp) -> None:
        """Say that a file has this document; what it had before stays until `sweep`."""
        name = os.fsencode(path)
        self.rows("DELETE FROM failures WHERE path = ?", name)
        self.rows(
            """INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET document = excluded.document,
               root = excluded.root, size = excluded.size, mtime_ns = excluded.mtime_ns""",
            name,
            document,
            os.fsencode(root),
            stamp.size,
            stamp.mtime_ns,
            time.time(),
        )

    def remove_sources(self, paths: Collection[str]) -> None:
        """Take files out; their documents stay until `sweep`."""
        self.many("DELETE FROM sources WHERE path = ?", [(os.fsencode(path),) for path in paths])

    def sweep(self) -> None:
        """Delete documents that no source has any more, with their chunks and words, and vectors that no chunk has."""
        for (number,) in self.rows("SELECT id FROM documents WHERE id NOT IN (SELECT document FROM sources)"):
            hashes = self.rows("SELECT DISTINCT vector FROM chunks WHERE document = ?", number)
            self._delete_chunks(number)
            self.rows("DELETE FROM documents WHERE id = ?", number)
            self.many(
                "DELETE FROM vectors WHERE hash = ?1 AND NOT EXISTS (SELECT 1 FROM chunks WHERE vector = ?1)", hashes
            )
            self.set_meta(erase="yes")

    def drop_vectors(self, hashes: Collection[bytes]) -> None:
        """Delete vectors; others come in their place."""
        self.many("DELETE FROM vectors WHERE hash = ?", [(name,) for name in hashes])

    def drop_orphans(self) -> None:
        """Delete vectors that no chunk has: an add that was interrupted keeps them for the next, which may not come."""
        if self.rows("DELETE FROM vectors WHERE hash NOT IN (SELECT vector FROM chunks) RETURNING 1"):
            self.set_meta(erase="yes")

    def erase(self) -> None:
        """Leave nothing in the catalog's files of the documents that `sweep` has deleted, now or in earlier runs.

        Rewrites the whole catalog: 0.4 s at 20,000 chunks, 3 s at 60,000. Raises LibraryError when it cannot be done
        now, as on a full disk or while another program reads; what is left is erased by the next call.
        """
        if self.meta("erase") != "yes":
            return
        # The word index keeps the words of deleted chunks until its parts are merged. (FTS5's own secure-delete would
        # be quicker, but needs SQLite 3.42, and older ones can then no longer read the index.)
        self.rows("INSERT INTO words (words) VALUES ('optimize')")
        # secure_delete overwrites a row where it lies, but not the copy of it that stays in the unused part of a page
        # when SQLite moves rows to another page: 4 of 12 random runs left text behind. VACUUM writes every page anew.
        self.rows("VACUUM")
        wait = self.value("PRAGMA busy_timeout")
        self.rows(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
        try:
            [(in_use, _, _)] = self.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            self.rows(f"PRAGMA busy_timeout = {wait}")
        if in_use:
            raise LibraryError("another program is just reading the library, so its write-ahead log cannot be emptied")
        self.rows("DELETE FROM meta WHERE key = 'erase'")

    def _insert_chunks(self, number: int, document: Document, chunks: Sequence[Chunk], hashes: Sequence[bytes]) -> None:
        line, reached = 1, 0
        for ordinal, (chunk, name) in enumerate(zip(chunks, hashes, strict=True)):
            line += document.text.count("\n", reached, chunk.start)
            reached = chunk.start
            row = self._connection.execute(
                """INSERT INTO chunks (document, ordinal, start, "end", line, text, vector)
                   VALUES (?, ?, ?, ?, ?, ?, ?)""",
                (number, ordinal, chunk.start, chunk.end, line, chunk.text, name),
            ).lastrowid
            self._spell(row, chunk.text)

    def _spell(self, chunk: int | None, text: str) -> None:
        self.rows("INSERT INTO words (rowid, body) VALUES (?, ?)", chunk, " ".join(words(text)))

    def spell_again(self, *, force: bool = False) -> None:
        """Fill the word index anew where words were spelt in another way when it was made, or in any case."""
        spelling = f"{SPELLING} {version('snowballstemmer')}"
        if self.meta("spelling") == spelling and not force:
            return
        with self.transaction():
            self.rows("INSERT INTO words (words) VALUES ('delete-all')")
            for rows in self.every_chunk(1000):
                for chunk, _, _, _, text, *_ in rows:
                    self._spell(chunk, text)
            self.set_meta(spelling=spelling)

    def _delete_chunks(self, number: int) -> None:
        for chunk, text in self.rows("SELECT id, text FROM chunks WHERE document = ?", number):
            spelt = " ".join(words(text))  # an index without content has to be told what to delete
            self.rows("INSERT INTO words (words, rowid, body) VALUES ('delete', ?, ?)", chunk, spelt)
        self.rows("DELETE FROM chunks WHERE document = ?", number)

    # What was added, what stays out, what could not be read

    def add_root(self, path: str, *, is_folder: bool) -> None:
        """Remember what was added by name; it is no longer left out."""
        self.rows("INSERT OR REPLACE INTO roots VALUES (?, ?)", os.fsencode(path), is_folder)
        self.rows("DELETE FROM excluded WHERE path = ?", os.fsencode(path))

    def remove_root(self, path: str) -> None:
        """Forget that this was added by name."""
        self.rows("DELETE FROM roots WHERE path = ?", os.fsencode(path))

    def exclude(self, paths: Collection[str]) -> None:
        """Leave these out until they are added by name."""
        self.many("INSERT OR IGNORE INTO excluded VALUES (?)", [(os.fsencode(p),) for p in paths])

    def failures(self, version: str) -> Mapping[str, tuple[Stamp, str]]:
        """Files that this version could not read: how they were, and why not."""
        rows = self.rows("SELECT path, size, mtime_ns, reason FROM failures WHERE version = ?", version)
        return {os.fsdecode(path): (Stamp(size, mtime), reason) for path, size, mtime, reason in rows}

    def add_failure(self, failure: Failure, root: str, stamp: Stamp, version: str) -> None:
        """Remember that a file could not be read."""
        self.rows(
            "INSERT OR REPLACE INTO failures VALUES (?, ?, ?, ?, ?, ?)",
            os.fsencode(failure.source),
            os.fsencode(root),
            stamp.size,
            stamp.mtime_ns,
            version,
            failure.reason,
        )
