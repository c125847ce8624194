"""What the files of an index must be, byte for byte, so that a damaged one is never opened.

Opening an index changes it: Chroma 1.5.9 writes a row into the table acquire_write of chroma.sqlite3, and SQLite counts
that on the file's first page. Every other page stays as it was built (measured over thousands of openings, once the
file has no free pages), and so do all other files. A seal is the hash of everything that stays.

At a million chunks that is 2 GB, and hashing them takes longer than everything else that opening does. So a large file
is hashed again only where the system says that it was written to, moved or copied since it was sealed.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

DATABASE = "chroma.sqlite3"

_LOCKS = "acquire_write"
"""The table that grows by a row when an index is opened."""

_COUNTERS = (slice(24, 40), slice(92, 100))
"""Bytes of a SQLite file's first page: changes, size, free pages; and which SQLite wrote last, at which change."""

_MOST_LOCKS = 64 * 2**20
"""Bytes that the table may add behind the sealed pages: some millions of openings."""

LARGE = 64 * 2**20
"""Bytes of a file from which on its stamp is believed; hashing what is smaller takes 0.05 s at most."""

_BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class Seal:
    """What a file must be: its size in bytes and SHA-256.

    page, page_size: of a SQLite file, the page that is left out (from 1) and how large pages are; 0 for other files.
    stamp: of a large file, what the system changes when anything writes to it; "" for others.
    """

    size: int
    sha256: str
    page: int = 0
    page_size: int = 0
    stamp: str = ""


def seal(folder: Path) -> dict[str, Seal]:
    """Seal an index that was built and closed: the seal of every file in it, by its path below the folder.

    The database is packed first: it becomes less than half as large, and no free page is left to be written to.
    """
    with closing(sqlite3.connect(folder / DATABASE, isolation_level=None)) as connection:
        connection.execute("VACUUM")
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (_LOCKS,)).fetchone()[0]
        page_size = connection.execute("PRAGMA page_size").fetchone()[0]
    seals = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found = path.stat()
        bare = Seal(found.st_size, "", stamp=_stamp(found))
        if path == folder / DATABASE:
            bare = replace(bare, page=page, page_size=page_size)
        seals[path.relative_to(folder).as_posix()] = replace(bare, sha256=_sha256(path, bare))
    return seals


def broken(folder: Path, seals: Mapping[str, Seal], *, whole: bool = False) -> str | None:
    """What is wrong with an index, in words: the first file that is not as it was sealed; None where all are.

    Reads every file that is not large or was written to, and with `whole` every file, about a second for each gigabyte;
    opens nothing but the one table with SQLite.
    """
    if DATABASE not in seals:
        return "nothing is known of its files"
    for name, wanted in seals.items():
        path = folder / name
        try:
            found = path.lstat()
            if not stat.S_ISREG(found.st_mode):
                return f"{name} is no file"
            if name == DATABASE:
                _settle(path)
                if not wanted.size <= path.stat().st_size <= wanted.size + _MOST_LOCKS:
                    return f"{name} has another size"
            elif found.st_size != wanted.size:
                return f"{name} has another size"
            if not whole and wanted.stamp and wanted.stamp == _stamp(found):
                continue
            if _sha256(path, wanted) != wanted.sha256:
                return f"{name} was written over"
        except FileNotFoundError:
            return f"{name} is missing"
        except OSError as error:
            return f"{name} cannot be read: {error.strerror or error}"
        except sqlite3.Error as error:
            return f"{name} is no sound database: {error}"
    return None


def _stamp(found: os.stat_result) -> str:
    """Which file it is, and when it was last written to and changed in any way; "" where it is not large.

    The last cannot be set back by whoever writes to it. What a disk loses by itself changes none of them: that is left
    to `quoth doctor`, which hashes everything.
    """
    return f"{found.st_ino} {found.st_mtime_ns} {found.st_ctime_ns}" if found.st_size >= LARGE else ""


def _settle(path: Path) -> None:
    """Let SQLite take back what a killed process left half written, and look at the one table that is not sealed."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=10)) as connection:
        said = connection.execute(f"PRAGMA quick_check({_LOCKS})").fetchone()[0]
    if said != "ok":
        raise sqlite3.DatabaseError(" ".join(str(said).split())[:200])


def _sha256(path: Path, wanted: Seal) -> str:
    """The hash of a file's first `size` bytes, without its page and counters that change."""
    digest, left = hashlib.sha256(), wanted.size
    skipped = range((wanted.page - 1) * wanted.page_size, wanted.page * wanted.page_size) if wanted.page else range(0)
    with path.open("rb", buffering=0) as file:
        while left > 0:
            at = file.tell()
            block = bytearray(file.read(min(_BLOCK, left)))
            if not block:
                break
            left -= len(block)
            if wanted.page and at == 0:
                for part in _COUNTERS:
                    block[part] = bytes(len(block[part]))
            first, last = max(skipped.start - at, 0), max(skipped.stop - at, 0)
            block[first:last] = bytes(len(block[first:last]))
            digest.update(block)
    return digest.hexdigest()
