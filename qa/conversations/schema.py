"""The tables of the conversations, and how their file is opened."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qa import private
from qa.errors import InputError, LibraryDamaged, LibraryError, LibraryMismatch
from qa.passing import is_passing

FILE = "conversations.sqlite"
FILES = (FILE, *(f"{FILE}-{kind}" for kind in ("wal", "shm", "journal")))
"""The conversations and what SQLite keeps beside them."""

FORMAT = 1
"""Version of the tables below. A file with a higher one was made by a newer Quoth and is left untouched."""

PATIENCE = 10.0
"""Seconds to wait for another process that writes; every change here is a matter of milliseconds."""

TABLES = """
CREATE TABLE IF NOT EXISTS conversations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    created REAL NOT NULL,
    updated REAL NOT NULL,
    "where" TEXT NOT NULL      -- JSON list, as in turns
);

CREATE TABLE IF NOT EXISTS turns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    asked REAL NOT NULL,
    status TEXT NOT NULL,
    "where" TEXT NOT NULL,
    answer TEXT,               -- JSON, as Answer.to_dict gives it
    error TEXT,
    process INTEGER NOT NULL,  -- that asked it last
    began REAL NOT NULL        -- when it was asked last
);
CREATE INDEX IF NOT EXISTS turns_by_conversation ON turns (conversation);

-- What can be searched of each turn, on one line each; quotes are lines. The first turn has the conversation's title.
CREATE VIRTUAL TABLE IF NOT EXISTS said USING fts5 (
    title, question, answer, quotes, prefix='1 2 3', tokenize='unicode61 remove_diacritics 2'
);
"""

_NEVER_READ_LONG = 3_000
"""Milliseconds that `erase` waits for readers, each of which is done in a few."""


def connect(folder: Path, *, create: bool) -> sqlite3.Connection | None:
    """Open the conversations in a library's folder; None where there are none yet.

    create: make them, file and folder for their owner only. Raises LibraryMismatch for a format that this version does
    not know, LibraryDamaged for what is no file of conversations.
    """
    file = folder / FILE
    with told(file):
        if create:
            private.make_folder(folder)
            private.make_file(file)  # SQLite would let others read it
        elif not file.is_file():
            return None
        connection = sqlite3.connect(
            f"{file.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=PATIENCE,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            made = _made(connection, file)
            if made or create:
                for pragma in ("foreign_keys = ON", "secure_delete = ON", "synchronous = FULL"):
                    connection.execute(f"PRAGMA {pragma}")
            if create and not made:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {FORMAT}; COMMIT;")
        except BaseException:
            connection.close()
            raise
        if made or create:
            return connection
        connection.close()  # its maker ended before there was anything in it
        return None


def erase(connection: sqlite3.Connection) -> None:
    """Leave nothing in the files of what was deleted or replaced; as qa.catalog.writing.Writer.erase.

    Raises sqlite3.OperationalError when it cannot be done now, as on a full disk or while another program reads.
    """
    # Until its parts are merged, the index holds the words of what was deleted or replaced.
    connection.execute("INSERT INTO said (said) VALUES ('optimize')")
    connection.execute("VACUUM")  # secure_delete misses what SQLite leaves behind when it moves rows
    connection.execute(f"PRAGMA busy_timeout = {_NEVER_READ_LONG}")
    try:
        in_use, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")
    if in_use:
        raise sqlite3.OperationalError("another program is just reading them")


@contextmanager
def told(file: Path) -> Iterator[None]:
    """Turn what SQLite, JSON and the system raise into errors that say what to do; mistakes of our own pass."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except (json.JSONDecodeError, InputError) as error:  # what was written was JSON, and an answer
        raise damaged(file, f"something in it is cut off or written over ({error})") from None
    except (sqlite3.DatabaseError, OSError) as error:
        if isinstance(error, OSError) or is_passing(error):
            raise LibraryError(
                f"the conversations in {file} cannot be used now: {error}. They need a folder that can be written to, "
                "free space, and no other program that holds the file"
            ) from None
        raise damaged(file, str(error)) from None


def damaged(file: Path, what: str) -> LibraryDamaged:
    """The error for a file that holds something else than conversations."""
    return LibraryDamaged(
        f"the file of conversations {file} is damaged: {what}. Move it away to start anew; documents are not in it"
    )


def _made(connection: sqlite3.Connection, file: Path) -> bool:
    """Whether the tables are there, in one look, since another process may just be making them."""
    found, tables = connection.execute(
        "SELECT user_version, (SELECT count(*) FROM sqlite_master) FROM pragma_user_version"
    ).fetchone()
    if found > FORMAT:
        raise LibraryMismatch(
            f"{file} was made by a newer version of Quoth (format {found}, this one knows {FORMAT}); "
            "nothing was changed. Run: pip install --upgrade quoth"
        )
    if found == 0 and tables:
        raise damaged(file, "it holds other tables")
    return bool(found)
