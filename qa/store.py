"""Chroma: the search index of a library, built from the catalog and always rebuildable from it.

An index lies in a folder of its own, is written once by a child process (this module run as a program) and never added
to again. What is current is a row of the catalog, which also says how large its files are. It holds vectors and where
they belong, no text.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa import children, persisted, space
from qa.catalog import Catalog
from qa.catalog.writing import Writer
from qa.embedding.models import file_sha256
from qa.errors import LibraryError
from qa.places import option

if TYPE_CHECKING:
    from qa.embedding.session import Vectors

COLLECTION = "chunks"
DESCRIPTORS = 32
"""Open files that Chroma is given room for, at least; without them it panics, and says so on standard error."""

_INDEX_NAME = re.compile(r"index-[a-z0-9_]{8}")  # as tempfile.mkdtemp makes them
_SQLITE = b"SQLite format 3\0"
BATCH = 5000
"""Chunks that Chroma is given at once; it takes at most 5,461."""

SMALL = 5000
"""Chunks up to which an index is made anew after every change; it takes about 2 seconds."""

SHARE = 0.1
"""Share of chunks that are not in the index, or no longer in the library, from which on it is made anew."""


@dataclass(frozen=True, slots=True)
class IndexRow:
    """What the catalog says of the current index.

    folder: its name below the library's folder. highest: the highest id of a chunk in it. count: its chunks.
    files: size, time in nanoseconds and SHA-256 of each of its vector files.
    """

    folder: str
    highest: int
    count: int
    files: dict[str, tuple[int, int, str]]

    @classmethod
    def of(cls, catalog: Catalog) -> IndexRow | None:
        """The current index, or None where there is none."""
        row = catalog.meta("index")
        return cls(**json.loads(row)) if row else None


class Index:
    """An index open for searching; may be used from several threads."""

    def __init__(self, folder: Path) -> None:
        _require_descriptors()
        with _no_panic():
            self._client = _client(folder)
            self._collection = self._client.get_collection(COLLECTION, embedding_function=None)

    def nearest(self, vector: Vectors, most: int, documents: Collection[int] | None = None) -> list[tuple[int, float]]:
        """Ids of the nearest chunks and their cosines, best first; of these documents only, if they are given."""
        where: Any = None if documents is None else {"document": {"$in": sorted(documents)}}
        with _no_panic():
            found = self._collection.query(
                query_embeddings=[vector], n_results=most, where=where, include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return [(int(name), 1.0 - float(far)) for name, far in zip(found["ids"][0], distances, strict=True)]

    def close(self) -> None:
        """Close the files."""
        self._client.close()


class Store:
    """The current index of a library, opened when it is first asked and again when another has become current."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._row: IndexRow | None = None
        self._index: Index | None = None

    def current(self, catalog: Catalog) -> tuple[Index | None, int]:
        """The current index and the highest id in it; (None, 0) where there is none or it cannot be trusted."""
        row = IndexRow.of(catalog)
        with self._lock:
            if row != self._row:
                self._close()
                if row and sound(self._folder, row):
                    try:
                        self._index = self._opened(row, catalog)
                    except Exception:  # Chroma raises whatever its storage met; the catalog answers instead
                        self._index = None
                self._row = row
            return (self._index, row.highest) if row and self._index else (None, 0)

    def _opened(self, row: IndexRow, catalog: Catalog) -> Index | None:
        """The index, its vectors read; None where a writer was just deleting it, which Chroma may not notice."""
        import numpy as np

        index = Index(self._folder / row.folder)
        for (vector,) in catalog.rows("SELECT vector FROM vectors LIMIT 1"):
            index.nearest(np.frombuffer(vector, dtype="<f4"), 1)
        return index if sound(self._folder, row) else None

    def distrust(self, index: Index) -> None:
        """Leave this index alone: it has failed, and nothing is retried on it. One opened since is not meant."""
        with self._lock:
            if self._index is index:
                self._index = None

    def close(self) -> None:
        """Close the open index."""
        with self._lock:
            self._close()
            self._row = None

    def _close(self) -> None:
        if self._index:
            self._index.close()
        self._index = None


def _require_descriptors() -> None:
    """Raise OSError where this process has no more than a few open files left."""
    with contextlib.ExitStack() as opened:
        for _ in range(DESCRIPTORS):
            opened.enter_context(open(os.devnull, "rb"))  # noqa: PTH123


@contextlib.contextmanager
def _no_panic() -> Iterator[None]:
    """What Chroma's Rust code panics of, as when no descriptors are left, is an error like others."""
    try:
        yield
    except (Exception, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise RuntimeError(str(error)) from None


def sound(folder: Path, row: IndexRow) -> bool:
    """Whether the index's vector files are those that were built, and opening it builds and runs nothing else.

    A file that was touched is compared by its hash.
    """
    for name, (size, mtime_ns, sha256) in row.files.items():
        path = folder / row.folder / name
        try:
            stat = path.stat()
            if stat.st_size != size or (stat.st_mtime_ns != mtime_ns and file_sha256(path) != sha256):
                return False
        except OSError:
            return False
    try:
        with (folder / row.folder / "chroma.sqlite3").open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE and persisted.names_no_code(folder / row.folder)
    except OSError:
        return False


def is_stale(folder: Path, catalog: Catalog) -> bool:
    """Whether the index should be made anew: none, not sound, or too far from the catalog."""
    count = catalog.chunk_count()
    row = IndexRow.of(catalog)
    if row is None:
        return count > 0
    if not sound(folder, row):
        return True
    gone = removed(catalog)
    tail = count - (row.count - gone)
    return tail + gone > (0 if count <= SMALL else SHARE * count)


def removed(catalog: Catalog) -> int:
    """How many chunks are in the current index, but no longer in the library; searches leave them out."""
    row = IndexRow.of(catalog)
    return row.count - int(catalog.value("SELECT count(*) FROM chunks WHERE id <= ?", row.highest)) if row else 0


def rebuild(folder: Path, writer: Writer, cancel: threading.Event | None = None) -> bool:
    """Build an index of all chunks in a child process, make it current, and delete what is not current.

    The caller holds the library's lock. Returns False when `cancel` was set first, and raises LibraryError when the
    index cannot be built; the old one stays current then, unless there was no room for both.
    """
    if writer.chunk_count():
        size = expected_size(writer)
        _make_room(folder, writer, size)
        try:
            target = Path(tempfile.mkdtemp(prefix="index-", dir=folder))
        except OSError as error:
            raise _unbuilt(folder, error.strerror or str(error)) from None
        try:
            row = _build(folder, target, size, cancel)
            if row is None:
                shutil.rmtree(target, ignore_errors=True)
                return False
            with writer.transaction():
                writer.set_meta(index=json.dumps(asdict(row)))
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise
    else:
        _forget(writer)
    clean(folder, writer)
    return True


def expected_size(catalog: Catalog) -> int:
    """Bytes that an index of all chunks takes, at most.

    Measured on English text in chunks of 200 and 800 characters, 100 to 6,000 of them, with 384 and 1,024 dimensions:
    0.4 MB, and 3.1 to 5.0 times the vectors and the text, most of it Chroma's own copy of the text and its index of it.
    """
    vector = int(catalog.value("SELECT length(vector) FROM vectors LIMIT 1") or 0)
    text = int(catalog.value("SELECT sum(characters) FROM documents") or 0)
    return 1_000_000 + 6 * (catalog.chunk_count() * vector + text)


def _make_room(folder: Path, writer: Writer, size: int) -> None:
    """Raise LibraryError where an index has no room; the old one goes first where there is none for both."""
    row = IndexRow.of(writer)
    if row and space.free(folder) < size + space.SPARE <= space.free(folder) + _size(folder / row.folder):
        _forget(writer)  # until there is a new one, questions are compared with every vector of the catalog
        clean(folder, writer)
    space.need(folder, size, "the search index")


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size
    return total


def _forget(writer: Writer) -> None:
    with writer.transaction():
        writer.rows("DELETE FROM meta WHERE key = 'index'")


def clean(folder: Path, catalog: Catalog) -> None:
    """Delete index folders that are not current, and what a killed process left. The caller holds the lock."""
    row = IndexRow.of(catalog)
    for path in index_folders(folder):
        if row is None or path.name != row.folder:
            shutil.rmtree(path, ignore_errors=True)


def index_folders(folder: Path) -> list[Path]:
    """The index folders of a library, whether current or left by a killed process, and no other folder."""
    return [path for path in folder.glob("index-*/") if _INDEX_NAME.fullmatch(path.name)]


def _build(folder: Path, target: Path, size: int, cancel: threading.Event | None) -> IndexRow | None:
    # A process of its own: what Chroma does wrong while writing, or the memory it takes, is not the caller's.
    try:
        done = children.run("qa.store", str(folder), str(target), str(size), cancel=cancel)
    except OSError as error:
        raise _unbuilt(folder, error.strerror or str(error)) from None
    if done is None:
        return None
    if done.returncode != 0:
        raise _unbuilt(folder, (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1][:300])
    row = IndexRow(**json.loads(done.stdout.splitlines()[-1]))
    if not sound(folder, row):
        raise _unbuilt(folder, "its files changed while they were written")
    return row


def _unbuilt(folder: Path, why: str) -> LibraryError:
    left = space.megabytes(space.free(folder))
    return LibraryError(
        f"the search index could not be built: {why} ({left} of disk are free). The documents are kept; "
        f"run: quoth rebuild{option(folder)}"
    )


def _client(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    # No settings from the working directory's .env or from variables: both could send the documents elsewhere.
    settings = Settings(
        _env_file=None,
        anonymized_telemetry=False,
        chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
        is_persistent=True,
        persist_directory=str(folder),
    )
    return chromadb.PersistentClient(str(folder), settings=settings)


def _write(folder: Path, target: Path) -> IndexRow:
    """Write the index of a library's chunks into an empty folder, and check that it finds what it holds."""
    import numpy as np

    catalog = Catalog(folder)
    count = catalog.chunk_count()
    size = -(-count // -(-count // BATCH))  # batches of one size, so that none is left in Chroma's log
    client = _client(target)
    collection = client.create_collection(
        COLLECTION,
        # ef_search above the candidates asked for, else the nearest 50 are not found for certain
        configuration={"hnsw": {"space": "cosine", "ef_search": 200, "sync_threshold": max(size - 1, 2)}},
        embedding_function=None,
    )
    highest, written, probes = 0, 0, []
    for rows in catalog.every_chunk(size):
        vectors = np.stack([np.frombuffer(row[5], dtype="<f4") for row in rows])
        # No text: the catalog has it, and here what is removed would stay until the index is made anew, which a large
        # library cannot do every time. At 5,000 chunks it takes half the time and 20 MB instead of 55, too.
        collection.add(
            ids=[str(row[0]) for row in rows],
            embeddings=vectors,
            metadatas=[{"document": row[1], "start": row[2], "end": row[3]} for row in rows],
        )
        highest, written = rows[-1][0], written + len(rows)
        probes.append((rows[len(rows) // 2][0], vectors[len(rows) // 2]))
    client.close()
    index = Index(target)
    for name, vector in probes:
        nearest = index.nearest(vector, 1)  # another chunk with the same text may come first; its cosine is 1 as well
        if not nearest or nearest[0][1] < 0.999:
            raise SystemExit(f"the new index does not find chunk {name}")
    index.close()
    files = {}
    for path in sorted(target.rglob("*.bin")):
        stat = path.stat()
        files[path.relative_to(target).as_posix()] = (stat.st_size, stat.st_mtime_ns, file_sha256(path))
    return IndexRow(target.name, highest, written, files)


def _limit_files(most: int) -> None:
    """No file of this process grows beyond this many bytes: Chroma is known to write without end when it goes wrong."""
    try:
        import resource  # POSIX alone
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    if hard == resource.RLIM_INFINITY or hard > most:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def main() -> None:
    """Be the child process that writes an index: FOLDER TARGET SIZE, the last in bytes as it is expected."""
    os.umask(0o077)  # the index holds what documents say
    children.serve_parent()
    _limit_files(2 * int(sys.argv[3]) + 64_000_000)
    print(json.dumps(asdict(_write(Path(sys.argv[1]), Path(sys.argv[2])))))


if __name__ == "__main__":
    main()
