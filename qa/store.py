"""Chroma: the search index of a library, built from the catalog and always rebuildable from it.

An index lies in a folder of its own, is written once by a child process (this module run as a program) and never added
to again. What is current is a row of the catalog, which also has the seals of its files: an index is opened only while
they hold. It holds vectors and where they belong, no text.
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
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa import children, persisted, space
from qa.catalog import Catalog
from qa.catalog.writing import Writer
from qa.errors import LibraryError
from qa.places import option
from qa.seal import Seal, broken, seal

if TYPE_CHECKING:
    from qa.embedding.session import Vectors

COLLECTION = "chunks"
DESCRIPTORS = 32
"""Open files that Chroma is given room for, at least; without them it panics, and says so on standard error."""

_INDEX_NAME = re.compile(r"index-[a-z0-9_]{8}")  # as tempfile.mkdtemp makes them
METRIC = "cosine"
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
    files: the seals of its files. chroma: the version of Chroma that wrote it; another one may write other files.
    """

    folder: str
    highest: int
    count: int
    files: dict[str, Seal]
    chroma: str

    @classmethod
    def of(cls, catalog: Catalog) -> IndexRow | None:
        """The current index, or None where there is none, or the catalog says of it what makes no sense."""
        row = catalog.meta("index")
        try:
            return cls.from_json(row) if row else None
        except (ValueError, TypeError, KeyError, AttributeError):
            return None

    @classmethod
    def from_json(cls, text: str) -> IndexRow:
        """The row that `to_json` wrote."""
        facts = json.loads(text)
        return cls(**{**facts, "files": {name: Seal(**sealed) for name, sealed in facts["files"].items()}})

    def to_json(self) -> str:
        """The row as the catalog keeps it."""
        return json.dumps(asdict(self))


class Index:
    """An index open for searching; may be used from several threads."""

    def __init__(self, folder: Path) -> None:
        _require_descriptors()
        with _no_panic():
            self._client = _client(folder)
            self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
            space = (self._collection.configuration_json.get("hnsw") or {}).get("space")
        if space != METRIC:
            self._client.close()
            raise LibraryError(f"it was made with another metric than {METRIC}")

    def nearest(self, vector: Vectors, most: int, documents: Collection[int] | None = None) -> list[tuple[int, float]]:
        """Ids of the nearest chunks and their cosines, best first; of these documents only, if they are given."""
        where: Any = None if documents is None else {"document": {"$in": sorted(documents)}}
        with _no_panic():
            found = self._collection.query(
                query_embeddings=[vector], n_results=most, where=where, include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return [(int(name), 1.0 - float(far)) for name, far in zip(found["ids"][0], distances, strict=True)]

    def count(self) -> int:
        """How many chunks it has."""
        return int(self._collection.count())

    def dimension(self) -> int:
        """How many numbers its vectors have; 0 while it has none."""
        found = self._collection.get(limit=1, include=["embeddings"])["embeddings"]
        return 0 if found is None or not len(found) else len(found[0])

    def vectors(self, ids: Collection[int]) -> dict[int, Vectors]:
        """The vectors of those of the chunks that are in it."""
        found = self._collection.get(ids=[str(name) for name in ids], include=["embeddings"])
        return {int(name): vector for name, vector in zip(found["ids"], found["embeddings"], strict=True)}

    def warm(self, catalog: Catalog) -> None:
        """Read the vectors from their files now: Chroma does not notice when these go before its first search."""
        import numpy as np

        for (vector,) in catalog.rows("SELECT vector FROM vectors LIMIT 1"):
            self.nearest(np.frombuffer(vector, dtype="<f4"), 1)

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
        self._trouble: str | None = None

    @property
    def trouble(self) -> str | None:
        """Why the current index is left alone, in words; None where it is in use, or there is none."""
        return self._trouble

    def current(self, catalog: Catalog) -> tuple[Index | None, int]:
        """The current index and the highest id in it; (None, 0) where there is none or it cannot be trusted."""
        row = IndexRow.of(catalog)
        with self._lock:
            if row != self._row:
                self._close()
                self._trouble = trouble(self._folder, row) if row else None
                if row and not self._trouble:
                    try:
                        self._index = Index(self._folder / row.folder)
                        self._index.warm(catalog)
                        self._trouble = trouble(self._folder, row)  # a writer may just have deleted it
                    except Exception as error:  # Chroma raises whatever its storage met; the catalog answers instead
                        self._trouble = one_line(error)
                    if self._trouble:
                        self._close()
                self._row = row
            return (self._index, row.highest) if row and self._index else (None, 0)

    def distrust(self, index: Index, error: Exception) -> None:
        """Leave this index alone: it has failed, and nothing is retried on it. One opened since is not meant."""
        with self._lock:
            if self._index is index:
                self._index, self._trouble = None, one_line(error)

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


def trouble(folder: Path, row: IndexRow) -> str | None:
    """What keeps an index from being opened, in words: its files are not those that were built. None where they are."""
    if row.chroma != version("chromadb"):
        return f"it was built by Chroma {row.chroma}"
    if found := broken(folder / row.folder, row.files):
        return found
    return None if persisted.names_no_code(folder / row.folder) else "it names code that opening it would run"


def one_line(error: Exception) -> str:
    """What an error of Chroma says."""
    return " ".join(str(error).split())[:200] or type(error).__name__


def is_stale(folder: Path, catalog: Catalog) -> bool:
    """Whether the index should be made anew: none, not sound, or too far from the catalog."""
    row = IndexRow.of(catalog)
    if row is None:
        return catalog.chunk_count() > 0
    return trouble(folder, row) is not None or is_behind(catalog, row)


def is_behind(catalog: Catalog, row: IndexRow) -> bool:
    """Whether too many chunks have come or gone since the index was built."""
    count, gone = catalog.chunk_count(), removed(catalog)
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
                writer.set_meta(index=row.to_json())
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
    row = IndexRow.from_json(done.stdout.splitlines()[-1])
    if trouble(folder, row):
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
    size = -(-count // -(-count // BATCH))
    last = (count - 1) % size + 1  # of the batches; no batch may stay in Chroma's log, where opening would add it anew
    client = _client(target)
    collection = client.create_collection(
        COLLECTION,
        # ef_search above the candidates asked for, else the nearest 50 are not found for certain
        configuration={"hnsw": {"space": METRIC, "ef_search": 200, "sync_threshold": max(last - 1, 2)}},
        embedding_function=None,
    )
    highest, written, probes = 0, 0, []
    for rows in catalog.every_chunk(size):
        vectors = np.stack([np.frombuffer(row[5], dtype="<f4") for row in rows])
        # No text: the catalog has it, and here what is removed would stay until the index is made anew, which a large
        # library cannot do every time. At 5,000 chunks it takes half the time and 20 MB instead of 55, too.
        given: dict[str, Any] = {
            "ids": [str(row[0]) for row in rows],
            "embeddings": vectors,
            "metadatas": [{"document": row[1], "start": row[2], "end": row[3]} for row in rows],
        }
        collection.add(**given)
        if count == 1:  # one alone would stay in the log
            collection.upsert(**given)
        highest, written = rows[-1][0], written + len(rows)
        probes.append((rows[len(rows) // 2][0], vectors[len(rows) // 2]))
    client.close()
    files = seal(
        target
    )  # before it is opened, so that whoever compares them sees whether that changes more than it may
    index = Index(target)
    for name, vector in probes:
        nearest = index.nearest(vector, 1)  # another chunk with the same text may come first; its cosine is 1 as well
        if not nearest or nearest[0][1] < 0.999:
            raise SystemExit(f"the new index does not find chunk {name}")
    index.close()
    return IndexRow(target.name, highest, written, files, version("chromadb"))


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
    print(_write(Path(sys.argv[1]), Path(sys.argv[2])).to_json())


if __name__ == "__main__":
    main()
