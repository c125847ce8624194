"""One writer at a time: a lock on the library that the system releases when the process that holds it dies."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from qa import private
from qa.errors import LibraryError, LibraryLocked
from qa.processes import alive

if TYPE_CHECKING:
    from filelock import BaseFileLock

FILE = "lock"
HOLDER = "lock.holder"
INDEXING = "indexing"
"""What the holder does that adds documents."""

PAUSE = 0.1
"""Seconds between two tries to take the lock."""


@contextmanager
def writing(
    folder: Path,
    say: Callable[[str], None] | None = None,
    cancel: threading.Event | None = None,
    doing: str = INDEXING,
) -> Iterator[bool]:
    """Hold the library's lock, waiting for whoever has it; yields False when `cancel` was set meanwhile.

    Another thread of this process is waited for like another process. say: called with who holds the lock, when the
    wait is longer than a moment, and again when that is another one. doing: what the holder is about to do, in a word,
    for those who wait. A missing folder is made, for its owner only.
    """
    lock, told, first = _lock(folder), "", True
    while not _taken(lock):
        line = f"{holder(folder)}; waiting, Ctrl-C to give up"
        if say and line != told and not first:
            say(line)
            told = line
        first = False
        if cancel and cancel.is_set():
            yield False
            return
        time.sleep(PAUSE)
    with _holding(folder, lock, doing):
        yield True


@contextmanager
def writing_now(folder: Path, doing: str = "indexing") -> Iterator[None]:
    """Hold the library's lock. Raises LibraryLocked when another process has it."""
    lock = _lock(folder)
    if not _taken(lock):
        raise LibraryLocked(f"the library {folder} is in use: {holder(folder)}; try again when that has ended")
    with _holding(folder, lock, doing):
        yield


def holder(folder: Path) -> str:
    """What is being done to the library by whoever holds its lock: "indexing by process 4711 since 14:02"."""
    if told := _told(folder):
        doing, process, since = told
        return f"{doing} by process {process} since {since}"
    return "being written to by another process"


def is_adding(folder: Path) -> bool:
    """Whether documents are being added to the library now, by this process or another."""
    told = _told(folder)
    return told is not None and told[0] == INDEXING


def _told(folder: Path) -> tuple[str, int, str] | None:
    """What the holder does, its process and since when; None where it says nothing or has died."""
    try:
        doing, process, since = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        # What a killed process left says nothing of who holds the lock now.
        return (str(doing), process, str(since)) if process > 0 and alive(process) else None
    except (OSError, ValueError, TypeError, OverflowError):
        return None


def _lock(folder: Path) -> BaseFileLock:
    from filelock import FileLock

    try:
        private.make_folder(folder)
    except OSError as error:
        raise _unwritable(folder, error) from None
    return FileLock(folder / FILE, mode=0o600)


def _taken(lock: BaseFileLock) -> bool:
    from filelock import Timeout

    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    except OSError as error:
        raise _unwritable(Path(lock.lock_file).parent, error) from None
    return True


@contextmanager
def _holding(folder: Path, lock: BaseFileLock, doing: str) -> Iterator[None]:
    file = folder / HOLDER
    try:
        # Who holds it is for people only: a full disk must not stop what may make room on it.
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)
            file.write_text(json.dumps([doing, os.getpid(), time.strftime("%H:%M")]), encoding="utf-8")
        yield
    finally:
        try:
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
        finally:
            lock.release()


def _unwritable(folder: Path, error: OSError) -> LibraryError:
    return LibraryError(f"the library {folder} cannot be written to: {error.strerror or error}")
