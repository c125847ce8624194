"""One writer at a time: a lock on the library that the system releases when the process that holds it dies."""

from __future__ import annotations

import os
import re
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
"""A line for people that says who holds the lock, and where documents are being added a second one that says so."""

_ADDING = "adding"


@contextmanager
def writing(
    folder: Path,
    say: Callable[[str], None] | None = None,
    cancel: threading.Event | None = None,
    *,
    adding: bool = False,
) -> Iterator[bool]:
    """Hold the library's lock, waiting for whoever has it; yields False when `cancel` was set meanwhile.

    say: called once, with who holds it, when there is a wait. adding: what `is_adding` tells others meanwhile.
    A missing folder is made, for its owner only.
    """
    lock, told = _lock(folder), False
    while not _taken(lock):
        if say and not told:
            say(f"{holder(folder)} is writing to this library; waiting, Ctrl-C to give up")
        told = True
        if cancel and cancel.is_set():
            yield False
            return
        time.sleep(0.1)
    with _holding(folder, lock, _ADDING if adding else ""):
        yield True


@contextmanager
def writing_now(folder: Path) -> Iterator[None]:
    """Hold the library's lock. Raises LibraryLocked when another process has it."""
    lock = _lock(folder)
    if not _taken(lock):
        raise LibraryLocked(f"{holder(folder)} is writing to this library; try again when it has ended")
    with _holding(folder, lock):
        yield


def holder(folder: Path) -> str:
    """Who holds the lock, in words."""
    return (_told(folder) or ["another process"])[0]


def is_adding(folder: Path) -> bool:
    """Whether documents are being added to the library now, by this process or another."""
    told = _told(folder)
    found = re.match(r"process (\d+),", told[0]) if told[1:] == [_ADDING] else None
    return found is not None and alive(int(found[1]))  # a process that was killed leaves its lines behind


def _told(folder: Path) -> list[str]:
    """The lines of whoever holds the lock, or held it and was killed."""
    try:
        return (folder / HOLDER).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []


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
def _holding(folder: Path, lock: BaseFileLock, doing: str = "") -> Iterator[None]:
    try:
        line = f"process {os.getpid()}, since {time.strftime('%H:%M')},"
        (folder / HOLDER).write_text(f"{line}\n{doing}", encoding="utf-8")
        yield
    finally:
        (folder / HOLDER).unlink(missing_ok=True)
        lock.release()


def _unwritable(folder: Path, error: OSError) -> LibraryError:
    return LibraryError(f"the library {folder} cannot be written to: {error.strerror or error}")
