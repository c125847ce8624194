"""Catalogs of older formats, brought up to this version's one step after the other, after a copy."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from qa.catalog import schema
from qa.errors import LibraryError

STEPS: Mapping[int, Sequence[str]] = {
    # The row of format 1 knows the hashes of some of the index's files only; another index is built, with seals of all.
    1: ("DELETE FROM meta WHERE key = 'index'",),
}
"""For each older format, the statements that make the next one of it."""


def migrate(connection: sqlite3.Connection, folder: Path, *, locked: bool) -> None:
    """Bring a catalog up to schema.FORMAT in one transaction; its copy stays until `quoth rebuild`.

    locked: the caller holds the library's lock. Raises LibraryLocked, LibraryError where there is no room for the copy.
    """
    with ExitStack() as stack:
        if not locked:
            from qa.locking import writing_now

            stack.enter_context(writing_now(folder))
        found = schema.format_of(connection)
        if found >= schema.FORMAT:  # another process was quicker
            return
        _copy(connection, folder, found)
        connection.execute("BEGIN IMMEDIATE")
        try:
            for older in range(found, schema.FORMAT):
                for statement in STEPS[older]:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {schema.FORMAT}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def copies(folder: Path) -> list[Path]:
    """The copies of the catalog that were made before it was brought up to date, finished or not."""
    return sorted(folder.glob(f"{schema.FILE}.format*.bak*"))


def _copy(connection: sqlite3.Connection, folder: Path, found: int) -> None:
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    if shutil.disk_usage(folder).free < 2 * pages * size:
        raise LibraryError(
            f"the library {folder} was made by an older version of Quoth, and there is no room for the copy that is "
            f"made before it is brought up to date; free {2 * pages * size / 1e6:,.0f} MB and try again"
        )
    target = folder / f"{schema.FILE}.format{found}.bak"
    partial = target.with_name(f"{target.name}.part")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(partial)) as copy:
        connection.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")
    partial.chmod(0o600)
    partial.replace(target)
