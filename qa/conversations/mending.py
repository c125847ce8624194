"""A file of conversations that is damaged: what is wrong with it, and a new one with all that can still be read."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from qa.conversations import schema, searching
from qa.conversations.records import Turn
from qa.errors import InputError, LibraryDamaged
from qa.passing import is_passing
from qa.types import Answer

TEMPORARY = f"{schema.FILE}.mending"

_CONVERSATION = 'id, title, created, updated, "where"'
_TURN = 'id, conversation, question, asked, status, "where", answer, error, process, began'


def damage(folder: Path, *, deep: bool) -> str | None:
    """What is wrong with the conversations of a library's folder, in words; None where all is well, or there are none.

    deep: the indexes are compared with the tables, and every stored answer is read. Raises LibraryMismatch for a file
    of a newer version of Quoth.
    """
    try:
        connection = schema.connect(folder, create=False)
    except LibraryDamaged:
        return "it is no file of conversations"
    if connection is None:
        return None
    with closing(connection):
        try:
            found = connection.execute(f"PRAGMA {'integrity' if deep else 'quick'}_check(1)").fetchone()[0]
            if found != "ok":
                return " ".join(str(found).split())[:200]
            different = connection.execute(
                """SELECT EXISTS (SELECT id FROM turns EXCEPT SELECT id FROM said_docsize)
                       OR EXISTS (SELECT id FROM said_docsize EXCEPT SELECT id FROM turns)"""
            ).fetchone()[0]
            if different:
                return "its word index has other turns than there are"
            _check_words(connection)
            if deep:
                for row in connection.execute(f"SELECT {_TURN} FROM turns"):  # noqa: S608 (a constant)
                    _turn(row)
        except sqlite3.DatabaseError as error:
            return str(error)
        except (ValueError, TypeError, InputError):
            return "an answer in it is cut off or written over"
    return None


def mend(folder: Path) -> str | None:
    """Make damaged conversations anew from what can be read of them; a line that says so, None for sound ones.

    Where something could not be read the damaged file stays, as conversations.sqlite.damaged. The caller holds the
    library's lock. Raises LibraryMismatch for a file of a newer version, which is left untouched.
    """
    what = damage(folder, deep=True)
    if what is None:
        return None
    file, partial = folder / schema.FILE, folder / TEMPORARY
    partial.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(partial, isolation_level=None)) as made:
            partial.chmod(0o600)
            made.executescript(f"{schema.TABLES} PRAGMA user_version = {schema.FORMAT};")
            kept, whole = _salvage(file, made)
            aside = None if whole else _put_aside(file)
            if not _written_over(file, made):
                made.close()
                for name in schema.FILES:
                    (folder / name).unlink(missing_ok=True)
                partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    rest = f"; the damaged file is kept as {aside}" if aside else ""
    return f"the conversations were damaged ({what}); {kept:,} questions are kept{rest}"


def _check_words(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("INSERT INTO said (said) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        if not is_passing(error):  # else a chat is writing, or nothing can be written
            raise


def _salvage(file: Path, made: sqlite3.Connection) -> tuple[int, bool]:
    """Copy the rows that can be read; how many turns there are now, and whether nothing was lost."""
    lost: list[str] = []
    made.execute("BEGIN")
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as damaged:
            for row in _rows(damaged, _CONVERSATION, "conversations", lost):
                made.execute("INSERT OR IGNORE INTO conversations VALUES (?, ?, ?, ?, ?)", row)
            for row in _rows(damaged, _TURN, "turns", lost):
                try:
                    turn = _turn(row)
                except (ValueError, TypeError, InputError):
                    lost.append("an answer")
                    continue
                there = made.execute("SELECT count(*) FROM conversations WHERE id = ?", (turn.conversation,))
                if not there.fetchone()[0]:
                    values = (turn.conversation, turn.question[:60], turn.asked, turn.asked, "[]")
                    made.execute("INSERT INTO conversations VALUES (?, ?, ?, ?, ?)", values)
                made.execute("INSERT OR IGNORE INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    except sqlite3.DatabaseError as error:
        lost.append(str(error))
    for row in made.execute(f"SELECT {_TURN} FROM turns ORDER BY id").fetchall():  # noqa: S608 (a constant)
        searching.index(made, _turn(row))
    made.execute("COMMIT")
    return int(made.execute("SELECT count(*) FROM turns").fetchone()[0]), not lost


def _rows(damaged: sqlite3.Connection, columns: str, table: str, lost: list[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a table that can be read: from the front up to the damage, then from the back."""
    for order in ("ASC", "DESC"):
        try:
            yield from damaged.execute(f"SELECT {columns} FROM {table} NOT INDEXED ORDER BY id {order}")  # noqa: S608
            return
        except sqlite3.DatabaseError as error:
            lost.append(str(error))


def _turn(row: tuple[Any, ...]) -> Turn:
    """A row of turns, checked. Raises ValueError, TypeError or InputError for one that was written over."""
    number, conversation, question, asked, status, where, answer, error, _, _ = row
    if not isinstance(question, str) or not isinstance(asked, float) or not isinstance(status, str):
        raise TypeError
    stored = Answer.from_dict(json.loads(answer)) if answer else None
    return Turn(number, conversation, question, asked, status, tuple(json.loads(where)), stored, error)  # type: ignore[arg-type]


def _put_aside(file: Path) -> Path:
    """Copy a damaged file, and what SQLite has not yet written into it, to names of their own."""
    taken = (file.with_name(f"{file.name}.damaged{f'-{number}' if number > 1 else ''}") for number in range(1, 1000))
    aside = next(path for path in taken if not path.exists())
    shutil.copyfile(file, aside)
    aside.chmod(0o600)
    log = file.with_name(f"{file.name}-wal")
    if log.exists():
        shutil.copyfile(log, aside.with_name(f"{aside.name}-wal"))
        aside.with_name(f"{aside.name}-wal").chmod(0o600)
    return aside


def _written_over(file: Path, made: sqlite3.Connection) -> bool:
    """Write the new file over the damaged one in one transaction, which chats that have it open see; False if SQLite
    cannot even open it."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=10)) as damaged:
            made.backup(damaged)
    except sqlite3.DatabaseError:
        return False
    return True
