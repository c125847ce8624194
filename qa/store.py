"""Chroma: the search index of a library, built from the catalog and always rebuildable from it.

An index lies in a folder of its own, is written once by a child process (qa.building) and never added to again. What is
current is a row of the catalog, which also has the seals of its files: an index is opened only while these hold. It has
vectors and where they belong, no text.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import threading
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa import persisted
from qa.catalog import Catalog
from qa.errors import LibraryError
from qa.seal import Seal, broken

if TYPE_CHECKING:
    from qa.embedding.session import Vectors

COLLECTION = "chunks"
DESCRIPTORS = 32
"""Open files that Chroma is given room for, at least; without them it panics, and says so on standard error."""

_INDEX_NAME = re.compile(r"index-[a-z0-9_]{8}")  # as tempfile.mkdtemp makes them
METRIC = "cosine"
NEAR = 0.999
"""Cosine from which on a vector has found itself."""

LOST = 0.1
"""Share of the vectors tried that may fail to find themselves: a graph is searched along its links, and few vectors are
behind none that is followed. Measured: 2 of 600 among a million.
"""

SEVERAL = 0
"""In place of a document's number, where an entry stands for chunks of several."""

SMALL = 5000
"""Chunks up to which an index is made anew after every change; it takes about 2 seconds."""

SPARED = 20_000
"""Chunks up to which a process's first question reads every vector from the catalog and opens no index: loading Chroma
takes longer.
"""

SHARE = 0.1
"""Share of chunks that are not in the index, or no longer in the library, from which on it is made anew."""


@dataclass(frozen=True, slots=True)
class IndexRow:
    """What the catalog says of the current index.

    folder: its name below the library's folder. highest: the highest id of a chunk in it. count: its chunks.
    entries: what it has for them, fewer where many chunks have one text (qa.catalog.repeated). files: the seals of its
    files. chroma: the version of Chroma that wrote it; another one may write other files.
    """

    folder: str
    highest: int
    count: int
    entries: int
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


def name_of(entry: int | bytes) -> str:
    """What Chroma calls an entry."""
    return f"={entry.hex()}" if isinstance(entry, bytes) else str(entry)


def _named(name: str) -> int | bytes:
    return bytes.fromhex(name[1:]) if name.startswith("=") else int(name)


class Index:
    """An index open for searching; may be used from several threads."""

    def __init__(self, folder: Path) -> None:
        _require_descriptors()
        with _no_panic():
            self._client = client(folder)
        try:
            with _no_panic():
                self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
                space = (self._collection.configuration_json.get("hnsw") or {}).get("space")
            if space != METRIC:
                raise LibraryError(f"it was made with another metric than {METRIC}")
        except BaseException:
            self._client.close()
            raise

    def nearest(
        self, vector: Vectors, most: int, documents: Collection[int] | None = None
    ) -> list[tuple[int | bytes, float]]:
        """The nearest entries and their cosines, best first; of these documents only, if they are given.

        An entry is the id of a chunk, or the hash of a text that many chunks have, in whatever documents.
        """
        where: Any = None if documents is None else {"document": {"$in": [SEVERAL, *sorted(documents)]}}
        with _no_panic():
            found = self._collection.query(
                query_embeddings=[vector], n_results=most, where=where, include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return [(_named(name), 1.0 - float(far)) for name, far in zip(found["ids"][0], distances, strict=True)]

    def finds(self, vector: Vectors) -> bool:
        """Whether a vector that it holds finds itself, or one that is as near: of a chunk with the same text."""
        return any(cosine >= NEAR for _, cosine in self.nearest(vector, 1))

    def count(self) -> int:
        """How many entries it has."""
        return int(self._collection.count())

    def dimension(self) -> int:
        """How many numbers its vectors have; 0 while it has none."""
        found = self._collection.get(limit=1, include=["embeddings"])["embeddings"]
        return 0 if found is None or not len(found) else len(found[0])

    def vectors(self, entries: Collection[int | bytes]) -> dict[int | bytes, Vectors]:
        """The vectors of those of the entries that are in it."""
        found = self._collection.get(ids=[name_of(entry) for entry in entries], include=["embeddings"])
        return {_named(name): vector for name, vector in zip(found["ids"], found["embeddings"], strict=True)}

    def warm(self, catalog: Catalog) -> None:
        """Read the vectors from their files now: Chroma does not notice when these go before its first search."""
        import numpy as np

        for (vector,) in catalog.rows("SELECT vector FROM vectors LIMIT 1"):
            self.nearest(np.frombuffer(vector, dtype="<f4"), 1)

    def close(self) -> None:
        """Close the files."""
        self._client.close()


class Store:
    """The current index of a library, opened when it is first asked and again when another has become current.

    spared: chunks up to which an index stays closed, since its vectors are read from the catalog instead.
    """

    def __init__(self, folder: Path, spared: int = 0) -> None:
        self.spared = spared
        self._folder = folder
        self._lock = threading.Lock()
        self._row: IndexRow | None = None
        self._index: Index | None = None
        self._usable = False  # and not yet opened
        self._trouble: str | None = None

    @property
    def trouble(self) -> str | None:
        """Why the current index is left alone, in words; None where it is in use, or there is none."""
        return self._trouble

    def current(self, catalog: Catalog) -> tuple[Index | None, int]:
        """The current index and the highest id in it; (None, 0) where there is none, or it is spared or not sound."""
        row = IndexRow.of(catalog)
        with self._lock:
            if row != self._row:
                self._close()
                # On a read-only disk Chroma cannot open an index; the catalog answers, and there is nothing to say.
                writable = row is not None and os.access(self._folder / row.folder, os.W_OK)
                self._trouble = trouble(self._folder, row) if row and writable else None
                self._usable = writable and not self._trouble
                self._row = row
            if row and self._usable and row.count > self.spared:
                self._usable = False
                self._open(row, catalog)
            return (self._index, row.highest) if row and self._index else (None, 0)

    def _open(self, row: IndexRow, catalog: Catalog) -> None:
        try:
            self._index = Index(self._folder / row.folder)
            self._index.warm(catalog)
            self._trouble = trouble(self._folder, row)  # a writer may just have deleted it
        except OSError:  # the system refuses, as when too many files are open: that is not the index's fault
            self._close()
        except Exception as error:  # Chroma raises whatever its storage met; the catalog answers instead
            self._trouble = one_line(error)
        if self._trouble:
            self._close()

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


def trouble(folder: Path, row: IndexRow, *, whole: bool = False) -> str | None:
    """What keeps an index from being opened, in words: its files are not those that were built. None where they are.

    whole: hash large files as well that nothing has written to since.
    """
    if row.chroma != version("chromadb"):
        return f"it was built by Chroma {row.chroma}"
    if found := broken(folder / row.folder, row.files, whole=whole):
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
    if row is None:
        return 0
    # Counted from the end: all chunks are counted in an index of SQLite's, and those up to an id in the table itself,
    # which reads their texts.
    since = int(catalog.value("SELECT count(*) FROM chunks WHERE id > ?", row.highest))
    return row.count - (catalog.chunk_count() - since)


def index_folders(folder: Path) -> list[Path]:
    """The index folders of a library, whether current or left by a killed process, and no other folder."""
    return [path for path in folder.glob("index-*/") if _INDEX_NAME.fullmatch(path.name)]


def client(folder: Path) -> Any:
    """Chroma over the index in a folder."""
    import chromadb

    settings = settings_class()(
        anonymized_telemetry=False,
        chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
        is_persistent=True,
        persist_directory=str(folder),
    )
    return chromadb.PersistentClient(str(folder), settings=settings)


@cache
def settings_class() -> Any:
    """Chroma's settings, without those of the working directory's .env and of variables, which could send the documents
    elsewhere. One class, since Chroma compares the settings of those who open the same index.
    """
    from chromadb.config import Settings

    class Given(Settings):
        @classmethod
        def settings_customise_sources(cls, *_: Any, init_settings: Any, **__: Any) -> Any:  # type: ignore[override]
            return (init_settings,)

    return Given
