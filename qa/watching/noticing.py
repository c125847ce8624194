"""Noticing that files of a library change: the system tells of it, and times are compared now and then.

The system tells of changes (inotify on Linux) through the package watchfiles. Watched are the folders that an add looks
into, each by itself: whatever is hidden, ignored or behind a link costs nothing. What the system does not tell, as on a
network drive, is found by comparing times.
"""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import LibraryError
from qa.places import inside
from qa.reading.walking import IGNORE_FILES, Folder, walk
from qa.types import Changes

if TYPE_CHECKING:
    from watchfiles.main import FileChange

    from qa.library import Library

QUIET, LONGEST = 200, 2000
"""Milliseconds without a change after which changes are looked at, and after which they are in any case. Editors save
in several steps (Vim: three files in a few milliseconds), and a copied folder comes file by file."""

TICK = 250
"""Milliseconds that one waits for a change before looking whether to stop."""

GLANCE = 1.0
"""Seconds between two looks at the added files and folders themselves, of which each may be replaced or unmounted."""

COMPARE, COMPARE_ALONE = 60.0, 5.0
"""Seconds, at least, between two comparisons of all times: where the system tells of changes, and where it cannot."""

REST = 20
"""How many times as long as a comparison took one waits for the next, so that it takes a twentieth of the time."""

TRIES = 5
"""Times that folders are listed anew because some came or went while it was begun to watch them."""

_LIMIT = "watch limit"
"""In what watchfiles says of the limit of inotify."""

_DECIDING = {*IGNORE_FILES, "pyvenv.cfg"}
"""Files that decide which folders are looked into."""

State = tuple[int, ...]
Say = Callable[[str], None]


class Watcher:
    """Notices that files of a library change. Iterate over it: it gives the roots that are to be looked at again, each
    time that something changed below them, and all of them first; until `stop` is set.

    only: watch no others of the library's roots. say: as for `qa.watching.watch`.
    """

    def __init__(self, library: Library, only: Sequence[Path] | None, stop: threading.Event, say: Say) -> None:
        self._library, self._only, self._stop, self._say = library, only, stop, say
        self._roots: dict[Path, State | None] = {}
        self._folders: dict[str, Folder] = {}
        self._told: Generator[set[FileChange], None, None] | None = None  # by the system
        self._alone = False  # the system refuses to tell
        self._missed = False  # folders come and go faster than they can be watched
        self._glanced = self._compared = time.monotonic()
        self._pause = 0.0
        self._different = Changes()

    def __iter__(self) -> Iterator[Sequence[Path]]:
        try:
            self._roots = self._look()
            if roots := self._anew():
                yield roots
            while not self._stop.is_set():
                if roots := self._next():
                    yield roots
        finally:
            self._close()

    def _next(self) -> Sequence[Path]:
        """Wait a moment for a change; the roots that it concerns, none where there was none."""
        changes: set[FileChange] = set()
        if self._told is None:
            self._stop.wait(TICK / 1000)
        else:
            try:
                changes = next(self._told, changes)
            except (OSError, RuntimeError):  # what it was to tell is a name that is no text
                return self._anew()
        concerned = self._concerned(changes)
        now = time.monotonic()
        if now - self._glanced > GLANCE:
            self._glanced = now
            concerned = [*concerned, *self._moved()]
        if now - self._compared > max(self._pause, COMPARE if self._told else COMPARE_ALONE) and self._differs():
            return self._anew()
        return list(dict.fromkeys(concerned))

    def _concerned(self, changes: set[FileChange]) -> Sequence[Path]:
        """The roots that changes may make something of: all, where a folder came or went and must be watched."""
        paths: list[str] = []
        for _, path in changes:
            name, folder = os.path.basename(path), self._folders.get(os.path.dirname(path))  # noqa: PTH119, PTH120
            is_folder = os.path.isdir(path) and not os.path.islink(path)  # noqa: PTH112, PTH114
            if path in self._folders or name in _DECIDING:
                return self._anew()
            if folder and not folder.leaves_out(name, is_folder=is_folder):
                if is_folder:
                    return self._anew()
                paths.append(path)
        return [root for root in self._roots if any(inside(path, root) for path in paths)]

    def _moved(self) -> Sequence[Path]:
        """Roots that are others than before: a file that was written or replaced, a folder that went or came back."""
        before, self._roots = self._roots, self._look()
        moved = [root for root, state in self._roots.items() if root not in before or before[root] != state]
        folders = any(str(root) in self._folders or os.path.isdir(root) for root in moved)  # noqa: PTH112
        return self._anew() if folders or self._missed or before.keys() - self._roots.keys() else moved

    def _differs(self) -> bool:
        """Whether the library differs from the disk, in another way than at the last comparison."""
        began = time.monotonic()
        try:
            changes = self._library.changed()
        except LibraryError:  # another program has the catalog
            changes = Changes()
        self._compared = time.monotonic()
        self._pause = REST * (self._compared - began)
        before, self._different = self._different, changes
        return bool(changes) and changes != before

    def _look(self) -> dict[Path, State | None]:
        return {root: _state(root) for root in self._library.roots() if self._only is None or root in self._only}

    def _anew(self) -> Sequence[Path]:
        """Watch every folder that an add looks into now, and have all roots looked at: of what was told last, or would
        have been meanwhile, nothing is kept."""
        self._close()
        folders = {} if self._alone else self._walk()
        for _ in range(TRIES):
            self._missed = True
            try:
                told = self._listen(folders)
            except (FileNotFoundError, PermissionError):  # one that went, or was closed, just now
                folders = self._walk()
                continue
            self._close()
            self._told, self._folders = told, folders
            folders = self._walk() if told else folders
            self._missed = folders.keys() != self._folders.keys()  # one came before the one that holds it was watched
            if not self._missed:
                break
        return list(self._roots)

    def _listen(self, folders: Collection[str]) -> Generator[set[FileChange], None, None] | None:
        """Let the system tell of changes in these folders from now on; None where it does not."""
        watched = [folder for folder in folders if _is_text(folder)]
        if self._alone or not watched:
            return None
        from watchfiles import watch

        told = watch(
            *watched,
            watch_filter=None,
            debounce=LONGEST,
            step=QUIET,
            stop_event=self._stop,
            rust_timeout=TICK,
            yield_on_timeout=True,
            force_polling=False,  # it compares whole seconds
            recursive=False,
            ignore_permission_denied=False,  # which would hide every other error too, that of the limit among them
        )
        try:
            next(told, None)  # which begins; what it gives is looked at in any case
        except (FileNotFoundError, PermissionError):
            raise
        except (OSError, RuntimeError) as error:
            if "Unable to decode" in str(error):  # it had begun, and met a name that is no text
                return self._listen(folders)
            self._alone = True
            reason = "it watches no more files (fs.inotify.max_user_watches)" if _LIMIT in str(error) else str(error)
            self._say(f"the system does not tell of changes: {reason}; times are compared every few seconds instead")
            return None
        return told

    def _walk(self) -> dict[str, Folder]:
        folders: dict[str, Folder] = {}

        def enter(folder: Folder) -> None:
            folders[str(folder.path)] = folder

        for root in self._roots:
            if os.path.isdir(root):  # noqa: PTH112, Path.is_dir raises where there is no permission to look
                for _ in walk(root, on_folder=enter):
                    pass
        return folders

    def _close(self) -> None:
        if self._told is not None:
            self._told.close()
            self._told = None


def _state(root: Path) -> State | None:
    """What is another when a root is replaced, and for a file also when it is written; None where it is not there."""
    try:
        status = root.stat()
    except OSError:
        return None
    same = status.st_dev, status.st_ino
    return same if stat.S_ISDIR(status.st_mode) else (*same, status.st_size, status.st_mtime_ns)


def _is_text(path: str) -> bool:
    """Whether a path can be given to the system through Rust, where a path is text."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
