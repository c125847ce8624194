"""Ways in which the files of a library can be damaged, each as a function of the library's folder."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

Damage = Callable[[Path], None]

GARBAGE = b"\xa5\x00\xff\x17" * 1024
"""A page that is none."""


def index_folder(folder: Path) -> Path:
    """The one index folder of a library."""
    (found,) = (path for path in folder.glob("index-*") if path.is_dir())
    return found


def in_index(name: str) -> Callable[[Path], Path]:
    """Where a file of the index lies."""
    return lambda folder: next(index_folder(folder).rglob(name))


def in_folder(name: str) -> Callable[[Path], Path]:
    """Where a file of the library lies."""
    return lambda folder: folder / name


def truncated(where: Callable[[Path], Path]) -> Damage:
    """Cut in the middle."""

    def damage(folder: Path) -> None:
        os.truncate(where(folder), where(folder).stat().st_size // 2)

    return damage


def emptied(where: Callable[[Path], Path]) -> Damage:
    """There, without a byte."""
    return lambda folder: os.truncate(where(folder), 0)


def missing(where: Callable[[Path], Path]) -> Damage:
    """Deleted, a folder with what is in it."""

    def damage(folder: Path) -> None:
        path = where(folder)
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return damage


def written_over(where: Callable[[Path], Path], *, quietly: bool = False) -> Damage:
    """The same size, and from a tenth of it to its end other bytes; quietly: with the same time too."""

    def damage(folder: Path) -> None:
        path = where(folder)
        stat, data = path.stat(), path.read_bytes()
        start = len(data) // 10
        path.write_bytes(data[:start] + (GARBAGE * (len(data) // len(GARBAGE) + 1))[: len(data) - start])
        if quietly:
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))

    return damage


def page_of(file: Callable[[Path], Path], table: str) -> Damage:
    """Garbage instead of the page where a table or index of a SQLite file begins; "" for the one in the middle."""

    def damage(folder: Path) -> None:
        path = file(folder)
        with closing(sqlite3.connect(path)) as connection:
            page_size = connection.execute("PRAGMA page_size").fetchone()[0]
            page = connection.execute("PRAGMA page_count").fetchone()[0] // 2
            if table == "sqlite_schema":
                page = 1
            elif table:
                query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
                page = connection.execute(query, (table,)).fetchone()[0]
        with path.open("r+b") as stream:
            stream.seek((page - 1) * page_size)
            stream.write(GARBAGE[:page_size])

    return damage


def vector_folder(folder: Path) -> Path:
    """Where Chroma has the vectors of the index."""
    return in_index("data_level0.bin")(folder).parent


def unreadable_settings(folder: Path) -> None:
    """A settings file that is no TOML."""
    (folder / "quoth.toml").write_bytes(b"[retrieval\nk = \xff\xfe")


CHROMA, CATALOG, TALKS = in_index("chroma.sqlite3"), in_folder("catalog.sqlite"), in_folder("conversations.sqlite")

INDEX: dict[str, Damage] = {
    "data_level0.bin truncated": truncated(in_index("data_level0.bin")),
    "data_level0.bin with garbage": written_over(in_index("data_level0.bin")),
    "data_level0.bin with garbage of the same time": written_over(in_index("data_level0.bin"), quietly=True),
    "link_lists.bin with garbage": written_over(in_index("link_lists.bin")),
    "header.bin with garbage": written_over(in_index("header.bin")),
    "length.bin with garbage": written_over(in_index("length.bin")),
    "index_metadata.pickle with garbage": written_over(in_index("index_metadata.pickle")),
    "vector folder deleted": missing(vector_folder),
    "chroma.sqlite3 missing": missing(CHROMA),
    "chroma.sqlite3 empty": emptied(CHROMA),
    "chroma.sqlite3 truncated": truncated(CHROMA),
    "chroma.sqlite3 with a garbage page in the middle": page_of(CHROMA, ""),
    "chroma.sqlite3 with a garbage page of the lock table": page_of(CHROMA, "acquire_write"),
}
"""What `quoth rebuild` mends, and what a question does not notice but for a line."""

SURVIVED: dict[str, Damage] = {
    "catalog.sqlite with a garbage page of an index": page_of(CATALOG, "sources_by_document"),
    "catalog.sqlite with a garbage page of the index of a key": page_of(CATALOG, "sqlite_autoindex_vectors_1"),
    "catalog.sqlite with a garbage page of the words": page_of(CATALOG, "words_data"),
    "catalog.sqlite with a garbage page of the vectors": page_of(CATALOG, "vectors"),
}
"""What the documents survive, so that `quoth rebuild` mends it."""

LOST: dict[str, Damage] = {
    "catalog.sqlite missing": missing(CATALOG),
    "catalog.sqlite empty": emptied(CATALOG),
    "catalog.sqlite truncated": truncated(CATALOG),
    "catalog.sqlite with garbage": written_over(CATALOG),
    "catalog.sqlite with a garbage page of the texts": page_of(CATALOG, "chunks"),
    "catalog.sqlite with a garbage first page": page_of(CATALOG, "sqlite_schema"),
}
"""What only adding the files again mends."""

TALKED: dict[str, Damage] = {
    "conversations.sqlite truncated": truncated(TALKS),
    "conversations.sqlite with a garbage first page": page_of(TALKS, "sqlite_schema"),
    "conversations.sqlite with a garbage page of the questions": page_of(TALKS, "turns"),
    "conversations.sqlite with a garbage page of the words": page_of(TALKS, "said_data"),
}
"""What documents have nothing to do with; `quoth rebuild` keeps what can be read."""

SETTINGS: dict[str, Damage] = {"quoth.toml garbage": unreadable_settings}

QUICK = (
    "chroma.sqlite3 with a garbage page in the middle",
    "catalog.sqlite with a garbage page of the words",
    "catalog.sqlite with a garbage page of the texts",
    "conversations.sqlite with a garbage page of the questions",
)
"""One of each kind, for every run of the tests."""
