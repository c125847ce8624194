"""Which of SQLite's errors are of the disk and of other processes, and not of the file."""

from __future__ import annotations

import sqlite3

_CODES = {
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM),
    *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_INTERRUPT),
}


def is_passing(error: sqlite3.Error) -> bool:
    """Whether the same may go well at another time; a text that is none comes without a code, and is damage."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF in _CODES
