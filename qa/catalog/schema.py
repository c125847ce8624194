"""The catalog's tables, and how its file is opened."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from qa import private, space
from qa.errors import LibraryDamaged, LibraryError, LibraryMismatch
from qa.passing import is_passing

FILE = "catalog.sqlite"
UNFINISHED = f"{FILE}-new"
FILES = (FILE, f"{FILE}-wal", f"{FILE}-shm", UNFINISHED)
"""The catalog, what SQLite keeps beside it, and one whose making was interrupted."""

FORMAT = 2
"""Version of the tables below and of what is in them. A catalog with a higher one was made by a newer Quoth and is left
untouched; one with a lower one is brought up to it (qa.catalog.migrating)."""

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Files and folders added by name, to be looked at again. Paths are bytes, as the system has them.
CREATE TABLE roots (path BLOB PRIMARY KEY, is_folder INTEGER NOT NULL) WITHOUT ROWID;

-- Removed by hand: stays out until it is added by name.
CREATE TABLE excluded (path BLOB PRIMARY KEY) WITHOUT ROWID;

-- A content, once, however many files have it. Its text is its chunks, put together in their order.
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL,
    suffix TEXT NOT NULL,      -- the same bytes are read in another way under another name
    kind TEXT NOT NULL,
    characters INTEGER NOT NULL,
    chunks INTEGER NOT NULL,
    title TEXT,
    encoding TEXT,
    notices TEXT NOT NULL,     -- JSON list
    UNIQUE (sha256, suffix)
);

CREATE TABLE sources (
    path BLOB PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents (id),
    root BLOB NOT NULL,        -- the folder or file that it was added with
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    added REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX sources_by_document ON sources (document);

-- Left out, with the reason: not read again while the file and the version of Quoth stay the same.
CREATE TABLE failures (
    path BLOB PRIMARY KEY,
    root BLOB NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    version TEXT NOT NULL,
    reason TEXT NOT NULL
) WITHOUT ROWID;

-- Where a page or heading begins in a document.
CREATE TABLE marks (
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    page INTEGER,
    heading TEXT,
    PRIMARY KEY (document, start)
) WITHOUT ROWID;

-- Ids rise and are never used again, so that the chunks since an index was built are those above its highest.
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents (id),
    ordinal INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    line INTEGER NOT NULL,     -- of its first character, from 1
    text TEXT NOT NULL,
    vector BLOB NOT NULL,      -- the hash under which `vectors` has it
    UNIQUE (document, ordinal)
);
CREATE INDEX chunks_by_vector ON chunks (vector);

-- By the hash of the text that was embedded: the same text is embedded once, wherever it stands.
CREATE TABLE vectors (hash BLOB PRIMARY KEY, vector BLOB NOT NULL);

-- The words of each chunk as qa.words spells them. The text itself is not kept again, so deleting needs it once more.
CREATE VIRTUAL TABLE words USING fts5 (body, content='', tokenize="ascii tokenchars '_'");
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, row);
"""


def connect(folder: Path, *, create: bool = False) -> sqlite3.Connection:
    """Open the catalog of a library's folder, and bring one of an older format up to date, after a copy.

    create: make it where there is none; the caller holds the library's lock. Without it, bringing it up to date takes
    the lock. Raises LibraryMismatch for a format that this version does not know, LibraryDamaged for what is no
    catalog, LibraryLocked when another process writes to one of an older format.
    """
    file = folder / FILE
    with told(folder):
        if create:
            _make(folder)
        try:
            return _opened(file, "mode=rw", create=create)
        except sqlite3.OperationalError:
            if create or not frozen(folder):
                raise
        return _opened(file, "immutable=1")


def frozen(folder: Path) -> tuple[int, int] | None:
    """Size and time of a catalog that cannot be written to from here and lies wholly in its one file; else None.

    SQLite has to be told of it, since it cannot make the files beside it that it reads with otherwise; and whoever told
    it has to look whether it is still so, since SQLite does not.
    """
    try:
        if os.access(folder, os.W_OK) or ((folder / FILES[1]).exists() and (folder / FILES[1]).stat().st_size):
            return None
        stat = (folder / FILE).stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns


def _opened(file: Path, how: str, *, create: bool = False) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?{how}", uri=True, timeout=30, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        if create:
            _prepare(connection)
        if _check(connection, file) < FORMAT:
            from qa.catalog.migrating import migrate

            migrate(connection, file.parent, locked=create)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Turn what SQLite raises into errors that say what to do; mistakes of our own pass."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except sqlite3.DatabaseError as error:
        if is_passing(error):
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL:
                raise space.full(folder) from None
            raise LibraryError(
                f"the library {folder} cannot be used now: {error}. It needs a folder that can be written to, "
                "free space, and no other program that holds its catalog"
            ) from None
        raise LibraryDamaged(
            f"the catalog of the library {folder} is damaged: {error}. Run: {doctor(folder)} (it says what mends it)"
        ) from None


def _make(folder: Path) -> None:
    """Make an empty catalog where there is none, all at once: who sees the file sees its tables."""
    if (folder / FILE).exists():
        return
    new = folder / UNFINISHED
    new.unlink(missing_ok=True)
    with suppress(OSError):  # SQLite says better what is in the way
        private.make_file(new)  # it would let others read it, and what it keeps beside it
    connection = sqlite3.connect(new, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {FORMAT}; COMMIT;")
    finally:
        connection.close()
    new.replace(folder / FILE)


def doctor(folder: Path) -> str:
    """The command that says of a library what mends it."""
    from qa.places import option

    return f"quoth doctor{option(folder)}"


def _prepare(connection: sqlite3.Connection) -> None:
    """Set a catalog up for writing; one that is empty gets its tables."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    if format_of(connection) == 0:
        connection.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {FORMAT}; COMMIT;")


def _check(connection: sqlite3.Connection, file: Path) -> int:
    """The format of a catalog, which is not above this version's."""
    found = format_of(connection)
    if found > FORMAT:
        raise LibraryMismatch(
            f"{file.parent} was made by a newer version of Quoth (format {found}, this one knows {FORMAT}); "
            "nothing was changed. Run: pip install --upgrade quoth"
        )
    if found == 0:
        raise LibraryDamaged(f"{file} holds no catalog. Run: {doctor(file.parent)} (it says what mends it)")
    return found


def format_of(connection: sqlite3.Connection) -> int:
    """The format that a catalog says it has; 0 for a file without one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
