"""Chroma: the search index of a library, built from the catalog and always rebuildable from it.

An index lies in a folder of its own, is written once by a child process (this module run as a program) and never added
to again. What is current is a row of the catalog, which also has the seals of its files: an index is opened only while
they hold.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Collection
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa import children
from qa.catalog import Catalog
from qa.catalog.writing import Writer
from qa.errors import LibraryError
from qa.places import option
from qa.seal import Seal, broken, seal

if TYPE_CHECKING:
    from qa.embedding.session import Vectors

COLLECTION = "chunks"
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
        self._client = _client(folder)
        self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
        if (self._collection.configuration_json.get("hnsw") or {}).get("space") != METRIC:
            self._client.close()
            raise LibraryError(f"it was made with another metric than {METRIC}")

    def nearest(self, vector: Vectors, most: int, documents: Collection[int] | None = None) -> list[tuple[int, float]]:
        """Ids of the nearest chunks and their cosines, best first; of these documents only, if they are given."""
        where: Any = None if documents is None else {"document": {"$in": sorted(documents)}}
        found = self._collection.query(query_embeddings=[vector], n_results=most, where=where, include=["distances"])
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
                    except Exception as error:  # Chroma raises whatever its storage met; the catalog answers instead
                        self._trouble = one_line(error)
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


def trouble(folder: Path, row: IndexRow) -> str | None:
    """What keeps an index from being opened, in words: its files are not those that were built. None where they are."""
    if row.chroma != version("chromadb"):
        return f"it was built by Chroma {row.chroma}"
    return broken(folder / row.folder, row.files)


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
    count = catalog.chunk_count()
    kept = int(catalog.value("SELECT count(*) FROM chunks WHERE id <= ?", row.highest))
    tail, gone = count - kept, row.count - kept
    return tail + gone > (0 if count <= SMALL else SHARE * count)


def rebuild(folder: Path, writer: Writer) -> None:
    """Build an index of all chunks in a child process, make it current, and delete what is not current.

    The caller holds the library's lock. Raises LibraryError when the index cannot be built; the old one stays current.
    """
    if writer.chunk_count():
        target = Path(tempfile.mkdtemp(prefix="index-", dir=folder))
        try:
            row = _build(folder, target)
            with writer.transaction():
                writer.set_meta(index=row.to_json())
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise
    else:
        with writer.transaction():
            writer.rows("DELETE FROM meta WHERE key = 'index'")
    clean(folder, writer)


def clean(folder: Path, catalog: Catalog) -> None:
    """Delete index folders that are not current, and what a killed process left. The caller holds the lock."""
    row = IndexRow.of(catalog)
    for path in index_folders(folder):
        if row is None or path.name != row.folder:
            shutil.rmtree(path, ignore_errors=True)


def index_folders(folder: Path) -> list[Path]:
    """The index folders of a library, whether current or left by a killed process, and no other folder."""
    return [path for path in folder.glob("index-*/") if _INDEX_NAME.fullmatch(path.name)]


def _build(folder: Path, target: Path) -> IndexRow:
    # A process of its own: what Chroma does wrong while writing, or the memory it takes, is not the caller's.
    done = subprocess.run(
        children.command("qa.store", str(folder), str(target)),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=children.environment(),
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise LibraryError(
            f"the search index could not be built: {last[:300]}. The documents are kept; "
            f"run: quoth rebuild{option(folder)}"
        )
    row = IndexRow.from_json(done.stdout.splitlines()[-1])
    if trouble(folder, row):
        raise LibraryError(
            f"the search index changed while it was built; the documents are kept; run: quoth rebuild{option(folder)}"
        )
    return row


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
        given: dict[str, Any] = {
            "ids": [str(row[0]) for row in rows],
            "embeddings": vectors,
            "documents": [row[4] for row in rows],
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


if __name__ == "__main__":
    print(_write(Path(sys.argv[1]), Path(sys.argv[2])).to_json())
