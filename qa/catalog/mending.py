"""A catalog whose file is damaged: whether every document survives, making it anew from them, and what else to save.

The tables are read without their indexes, which can be made again, as can the word index, and vectors out of the texts.
Where a row of any other table is lost, nothing is changed: then only adding the files again will do.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from qa.catalog import schema
from qa.catalog.checking import text_hash
from qa.catalog.migrating import STEPS
from qa.errors import LibraryDamaged, LibraryError
from qa.passing import is_passing

TABLES = ("meta", "roots", "excluded", "documents", "sources", "failures", "marks", "chunks")
"""What cannot be made again from anything else."""

TEMPORARY = f"{schema.FILE}.mending"

SHOWN = 200
"""Paths of a lost library that are named at most."""


def damage(folder: Path, *, deep: bool) -> str | None:
    """What SQLite finds wrong with the file of a catalog, in words; None for a sound one.

    deep: indexes are compared with their tables too, which takes about three times as long. Raises LibraryError where
    the disk or another process is in the way, which is no damage.
    """
    with schema.told(folder):
        try:
            with _opened(folder) as connection:
                found = connection.execute(f"PRAGMA {'integrity' if deep else 'quick'}_check(1)").fetchone()[0]
                if found != "ok":
                    return " ".join(str(found).split())[:200]
                _check_words(connection)
        except sqlite3.DatabaseError as error:
            if is_passing(error):
                raise
            return str(error)
    return None


def lost(folder: Path) -> str | None:
    """Why a damaged catalog cannot be made anew from its own tables; None where every row of them can be read.

    Raises as `damage` does.
    """
    with schema.told(folder):
        try:
            with _opened(folder) as connection:
                return next(_lost(connection), None)
        except sqlite3.DatabaseError as error:
            if is_passing(error):
                raise
            return str(error)


def mend(folder: Path) -> bool:
    """Make a damaged catalog anew from its own tables, in place and in one transaction; False for a sound one.

    The caller holds the library's lock. Raises LibraryDamaged, with nothing changed, where a row of them is lost, and
    LibraryError where there is no room for a second catalog.
    """
    with schema.told(folder), _opened(folder) as connection:
        if schema.format_of(connection) > schema.FORMAT:  # a newer version's, which opening it says
            return False
    if damage(folder, deep=True) is None:
        return False
    if what := lost(folder):
        raise LibraryDamaged(
            f"the catalog of the library {folder} is damaged ({what}), and not all of it can be read; nothing was "
            f"changed. Only adding the files again will do: {adding_again(folder)}"
        )
    size = (folder / schema.FILE).stat().st_size
    if shutil.disk_usage(folder).free < 2 * size:
        raise LibraryError(
            f"there is no room to mend the library {folder}: free {2 * size / 1e6:,.0f} MB and try again"
        )
    partial = folder / TEMPORARY
    partial.unlink(missing_ok=True)
    try:
        with schema.told(folder), _opened(folder) as damaged, closing(sqlite3.connect(partial)) as made:
            partial.chmod(0o600)
            made.executescript(f"{schema.TABLES} PRAGMA user_version = {schema.format_of(damaged)};")
            _fill(damaged, made)
            made.backup(damaged)
    finally:
        partial.unlink(missing_ok=True)
    return True


def adding_again(folder: Path) -> str:
    """The command line that puts a lost catalog aside and reads again what it can still name.

    The conversations and settings in the folder stay where they are.
    """
    from qa.places import option

    aside = next(path for number in range(1, 1000) if not (path := _aside(folder, number)).exists())
    paths = [shlex.quote(path) for path in salvaged(folder)]
    named = " ".join(paths[:SHOWN]) or "FOLDER"
    add = f"quoth add {named}{' ...' if len(paths) > SHOWN else ''}{option(folder)}"
    if not (folder / schema.FILE).exists():
        return add
    files = f"{shlex.quote(str(folder / schema.FILE))}*"
    return f"mkdir {shlex.quote(str(aside))} && mv {files} {shlex.quote(str(aside))} && {add}"


def salvaged(folder: Path) -> list[str]:
    """What was added to a library whose catalog is damaged, as far as it can still be read."""
    for query in ("SELECT path, is_folder FROM roots", "SELECT path, size FROM sources NOT INDEXED"):
        found: list[str] = []
        with contextlib.suppress(sqlite3.DatabaseError), _opened(folder) as connection:
            for path, _ in connection.execute(query):  # one by one: what comes before the damage counts
                if isinstance(path, bytes):
                    found.append(os.fsdecode(path))
        if found:
            return sorted(found)
    return []


def _aside(folder: Path, number: int) -> Path:
    return folder.with_name(f"{folder.name}.damaged{f'-{number}' if number > 1 else ''}")


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection]:
    how = "mode=rw" if os.access(folder, os.W_OK) else "immutable=1"  # else SQLite wants to make files beside it
    uri = f"{(folder / schema.FILE).absolute().as_uri()}?{how}"
    with closing(sqlite3.connect(uri, uri=True, timeout=10, isolation_level=None)) as connection:
        yield connection


def _check_words(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.DatabaseError for a word index that contradicts itself.

    SQLite takes the lock for writing to look, so where nothing can be written this says nothing.
    """
    try:
        connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
    except sqlite3.DatabaseError as error:
        if not is_passing(error):
            raise


def _lost(connection: sqlite3.Connection) -> Iterator[str]:
    """What is lost, each in words. Raises sqlite3.DatabaseError where a table cannot be read to its end."""
    if (found := schema.format_of(connection)) not in (*STEPS, schema.FORMAT):
        yield f"its format is {found}"
    for table in TABLES:
        for row in connection.execute(f"SELECT * FROM {table} NOT INDEXED"):  # noqa: S608 (our own names)
            if table == "chunks" and (not isinstance(row[6], str) or text_hash(row[6]) != row[7]):
                yield "the text of a chunk is not what was read"
    wanted = {
        number: (chunks, characters)
        for number, chunks, characters in connection.execute("SELECT id, chunks, characters FROM documents NOT INDEXED")
    }
    there: dict[int, tuple[int, int]] = {}
    for document, length in connection.execute("SELECT document, length(text) FROM chunks NOT INDEXED"):
        chunks, characters = there.get(document, (0, 0))
        there[document] = (chunks + 1, characters + length)
    if any(there.get(number, (0, 0)) != counted for number, counted in wanted.items()) or there.keys() - wanted.keys():
        yield "chunks of a document are missing"
    # The size is asked for because SQLite would read an index that has all else, whatever it is told.
    sources = connection.execute("SELECT document, size FROM sources NOT INDEXED")
    if any(number not in wanted for number, _ in sources):
        yield "a document is missing"


def _fill(damaged: sqlite3.Connection, made: sqlite3.Connection) -> None:
    highest = 0
    with made:
        for table in TABLES:
            columns = [row[1] for row in made.execute(f"PRAGMA table_info({table})")]
            listed = ", ".join(f'"{column}"' for column in columns)
            marks = ", ".join("?" * len(columns))
            rows: Iterator[Sequence[object]] = damaged.execute(f"SELECT {listed} FROM {table} NOT INDEXED")  # noqa: S608
            made.executemany(f"INSERT INTO {table} ({listed}) VALUES ({marks})", rows)  # noqa: S608
        for order in ("ASC", "DESC"):  # up to the damage, then from the other end
            try:
                rows = damaged.execute(f"SELECT hash, vector FROM vectors NOT INDEXED ORDER BY rowid {order}")  # noqa: S608
                made.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", rows)
                break
            except sqlite3.DatabaseError:
                continue  # `quoth rebuild` makes those again that are missing
        made.execute("DELETE FROM meta WHERE key = 'spelling'")  # so that the words are spelt anew
        try:
            highest = damaged.execute("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'").fetchone()[0]
        except (sqlite3.DatabaseError, TypeError):
            highest = 0
        made.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'chunks'", (highest,))
