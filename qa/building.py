"""Building the search index of a library out of its catalog, in a child process: this module run as a program."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Collection, Iterator
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from qa import children, space
from qa.catalog import Catalog
from qa.catalog.repeated import repeated
from qa.catalog.writing import Writer
from qa.errors import LibraryError
from qa.places import option
from qa.seal import seal
from qa.store import (
    COLLECTION,
    LOST,
    METRIC,
    SEVERAL,
    SMALL,
    Index,
    IndexRow,
    client,
    index_folders,
    name_of,
    trouble,
)

BATCH = 5000
"""Chunks that Chroma is given at once; it takes at most 5,461."""

PROBES = 10
"""Chunks of each batch that are looked for in the end."""

MIDDLING = 30_000
"""Chunks up to which a graph of Chroma's own shape finds enough, if the search keeps more candidates."""


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
        forget(writer)
    clean(folder, writer)
    return True


def expected_size(catalog: Catalog) -> int:
    """Bytes that an index of all chunks takes while it is written, at most.

    Measured: 20 MB for 5,000 vectors of 384 numbers, which is 2.7 times these; as much again for a moment, when it is
    written anew without its free pages.
    """
    vector = int(catalog.value("SELECT length(vector) FROM vectors LIMIT 1") or 0)
    return 1_000_000 + 6 * catalog.chunk_count() * vector


def _make_room(folder: Path, writer: Writer, size: int) -> None:
    """Raise LibraryError where an index has no room; the old one goes first where there is none for both."""
    row = IndexRow.of(writer)
    if row and space.free(folder) < size + space.SPARE <= space.free(folder) + _size(folder / row.folder):
        forget(writer)  # until there is a new one, questions are compared with every vector of the catalog
        clean(folder, writer)
    space.need(folder, size, "the search index")


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size
    return total


def forget(writer: Writer) -> None:
    """Let no index be current; `clean` deletes its folder."""
    with writer.transaction():
        writer.rows("DELETE FROM meta WHERE key = 'index'")


def clean(folder: Path, catalog: Catalog) -> None:
    """Delete index folders that are not current, and what a killed process left. The caller holds the lock."""
    row = IndexRow.of(catalog)
    for path in index_folders(folder):
        if row is None or path.name != row.folder:
            shutil.rmtree(path, ignore_errors=True)


def _build(folder: Path, target: Path, size: int, cancel: threading.Event | None) -> IndexRow | None:
    # A process of its own: what Chroma does wrong while writing, or the memory it takes, is not the caller's.
    try:
        done = children.run("qa.building", str(folder), str(target), str(size), cancel=cancel)
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


def _write(folder: Path, target: Path) -> IndexRow:
    """Write the index of a library's chunks into an empty folder, and check that it finds what it holds."""
    import numpy as np

    catalog = Catalog(folder)
    copies = repeated(catalog)
    chunks = catalog.chunk_count()
    count = chunks - sum(copies.values()) + len(copies)
    size = -(-count // -(-count // BATCH))
    last = (count - 1) % size + 1  # of the batches; no batch may stay in Chroma's log, where opening would add it anew
    chroma = client(target)
    collection = chroma.create_collection(
        COLLECTION,
        configuration={"hnsw": {"space": METRIC, **graph(count), "sync_threshold": max(last - 1, 2)}},
        embedding_function=None,
    )
    written, probes = 0, []
    every = entries(catalog, copies)
    while batch := list(islice(every, size)):
        vectors = np.stack([np.frombuffer(vector, dtype="<f4") for _, _, vector in batch])
        # No text: the catalog has it, and here what is removed would stay until the index is made anew, which a large
        # library cannot do every time. At 5,000 chunks it takes half the time and 20 MB instead of 55, too.
        given: dict[str, Any] = {
            "ids": [name_of(name) for name, _, _ in batch],
            "embeddings": vectors,
            "metadatas": [about for _, about, _ in batch],
        }
        collection.add(**given)
        if count == 1:  # one alone would stay in the log
            collection.upsert(**given)
        written += len(batch)
        probes += list(vectors[:: -(-len(batch) // PROBES)])
    chroma.close()
    # Before it is opened, so that whoever compares them sees whether that changes more than it may.
    files = seal(target)
    index = Index(target)
    lost = sum(not index.finds(vector) for vector in probes)
    if lost > LOST * len(probes):
        raise SystemExit(f"the new index does not find {lost:,} of {len(probes):,} chunks")
    index.close()
    highest = int(catalog.value("SELECT max(id) FROM chunks"))
    return IndexRow(target.name, highest, chunks, written, files, version("chromadb"))


def entries(catalog: Catalog, copies: Collection[bytes]) -> Iterator[tuple[int | bytes, dict[str, int], bytes]]:
    """What an index has for the chunks: name, metadata and vector, once for a text of which there are many copies."""
    seen = set()
    for rows in catalog.every_chunk(BATCH):
        for number, document, start, end, _, vector, text in rows:
            if text not in copies:
                yield number, {"document": document, "start": start, "end": end}, vector
            elif text not in seen:
                seen.add(text)
                yield text, {"document": SEVERAL}, vector


def graph(count: int) -> dict[str, int]:
    """Chroma's parameters of the graph for so many chunks: neighbours of each, and how many candidates building and
    searching keep. A small library, whose index is made anew after every change, has those that are quick to build.

    Measured, of the 50 nearest chunks found, in percent (real questions, idle): among 20,000 16, 100 and 1,000 find
    99.5 and build in 2.9 s, 32, 200 and 1,000 find 99.9 and take 6.7 s; among 50,000 98.8 in 8.8 s and 99.7 in 18.2 s;
    among 100,000 98.7 and 99.9. Among a million 32 and 200 find 98.2 with an ef_search of 600, 99.1 with 1,000 and 99.3
    with 2,000, in 4 to 9 ms.
    """
    if count <= MIDDLING:
        return {"max_neighbors": 16, "ef_construction": 100, "ef_search": 200 if count <= SMALL else 1000}
    return {"max_neighbors": 32, "ef_construction": 200, "ef_search": 1000}


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
