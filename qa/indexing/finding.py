"""Which files there are, which of them have to be read, and which are gone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from qa.catalog.writing import Stamp, Writer
from qa.errors import ReadError
from qa.indexing.work import File, Tally, Unread, suffix_of, version_of
from qa.places import inside
from qa.reading import walk
from qa.reading.files import read_bytes
from qa.settings import ReadingSettings
from qa.types import Failure


class Finder:
    """Looks at files and folders; takes out of the catalog what is gone, and keeps what it has in another place."""

    def __init__(
        self, writer: Writer, settings: ReadingSettings, tally: Tally, roots: Sequence[Path], *, by_name: bool
    ) -> None:
        """by_name: the user named these roots, so a file that is one of them is tried again though it failed before."""
        self._writer = writer
        self._settings = settings
        self._tally = tally
        self._roots = roots
        self._by_name = by_name
        self.sources = writer.stored_sources()
        known = writer.failures(version_of(settings))
        self._failures = {path: found for path, found in known.items() if not by_name or Path(path) not in roots}
        self._suffixed = {(source.size, suffix_of(path)) for path, source in self.sources.items()}

    def find(self) -> dict[str, str]:
        """Every file to look at, with the root it came from; takes out what is gone."""
        found: dict[str, str] = {}
        with self._writer.transaction():
            if self._by_name:
                for root in self._roots:
                    self._writer.add_root(str(root), is_folder=root.is_dir())
            excluded = self._writer.excluded()
        named = {path for path, is_folder in self._writer.roots().items() if not is_folder}
        for root in self._roots:
            if os.path.isdir(root):  # noqa: PTH112, Path.is_dir raises where there is no permission to look
                self._walk(root, found, excluded, named)
            elif _is_gone(root):
                self._vanished(root)
            else:
                if os.path.isfile(root):  # noqa: PTH113, a file has nothing below it; what may not be looked at may
                    self._remove([path for path in self.sources if path != str(root) and inside(path, root)])
                found.setdefault(str(root), str(root))
        return found

    def wanted(
        self, found: dict[str, str], check: Callable[[], None], unread: Callable[[Unread], None]
    ) -> Iterator[File]:
        """Those of the found files that have to be read, looked at when they are asked for.

        check: called before each, to raise what ends the work. unread: told of what cannot be looked at.
        """
        for path, root in found.items():
            check()
            file = self._look_at(path, root, unread)
            if file:
                self._tally.say(path, self._tally.chunks)
                yield file

    def kept(self, file: File) -> None:
        """A file's content is in the catalog now, so that a copy of it need not be read."""
        self._suffixed.add((file.stamp.size, suffix_of(file.path)))

    # What there is

    def _walk(self, root: Path, found: dict[str, str], excluded: set[str], named: set[str]) -> None:
        unread: list[str] = []

        def report(path: Path, reason: str) -> None:
            unread.append(str(path))
            self._tally.failed.append(Failure(str(path), reason))

        here: set[str] = set()
        for path in walk(root, report):
            name = str(path)
            here.add(name)
            if not is_excluded(name, excluded, str(root)):
                found.setdefault(name, str(root))
        below = [path for path in self.sources if inside(path, root)]
        inner = [  # folders inside this one that were added by themselves, though this walk may pass them over
            folder
            for folder, is_folder in self._writer.roots().items()
            if is_folder and folder != str(root) and inside(folder, root) and os.path.isdir(folder)  # noqa: PTH112
        ]
        if not here and below:
            self._tally.notices.append(
                f"{root} is empty or cannot be read; its {len(below)} documents are kept. "
                f"If they are gone for good: quoth remove {root}"
            )
            return
        gone = [
            path
            for path in below
            if path not in here
            and not any(inside(path, folder) for folder in (*unread, *inner))
            and not (path in named and os.path.isfile(path))  # noqa: PTH113
        ]
        self._remove(gone)

    def _vanished(self, root: Path) -> None:
        """A root that is no longer there: a file is gone if its folder is there, a folder may be an unmounted drive."""
        below = [path for path in self.sources if inside(path, root)]
        if not below:
            return
        if below == [str(root)] and _holds_files(root.parent):
            self._remove(below)
        else:
            self._tally.notices.append(
                f"{root} is not there; its {len(below)} documents are kept. If it is gone for good: quoth remove {root}"
            )

    def _remove(self, paths: list[str]) -> None:
        with self._writer.transaction():
            self._writer.remove_sources(paths)
        for path in paths:
            del self.sources[path]
        self._tally.removed += paths

    # One file

    def _look_at(self, path: str, root: str, unread: Callable[[Unread], None]) -> File | None:
        """The file, if it has to be read; what is known of it is counted."""
        try:
            stamp = Stamp.of(Path(path))
        except OSError as error:
            unread(Unread(File(path, root, Stamp(0, 0)), f"it cannot be read: {error.strerror}", lasting=False))
            return None
        stored = self.sources.get(path)
        if stored and Stamp(stored.size, stored.mtime_ns) == stamp:
            self._tally.unchanged.append(path)
        elif path in self._failures and self._failures[path][0] == stamp:
            self._tally.failed.append(Failure(path, self._failures[path][1]))
        elif not self._is_known(path, root, stamp):
            return File(path, root, stamp)
        self._tally.step(path)
        return None

    def _is_known(self, path: str, root: str, stamp: Stamp) -> bool:
        """Whether a file has a content that the library has: moved, copied, or only touched."""
        if (stamp.size, suffix_of(path)) not in self._suffixed or stamp.size > self._settings.max_bytes:
            return False
        try:
            data = read_bytes(Path(path), self._settings.max_bytes, (stamp.size, stamp.mtime_ns))
        except ReadError:
            return False  # reading it as a document says why
        number = self._writer.find_document(hashlib.sha256(data).hexdigest(), suffix_of(path))
        if number is None:
            return False
        stored = self.sources.get(path)
        with self._writer.transaction():
            self._writer.set_source(path, number, root, stamp)
        if stored is None:
            self._tally.added.append(path)
        else:
            (self._tally.unchanged if stored.document == number else self._tally.updated).append(path)
        return True


def is_excluded(path: str, excluded: Iterable[str], root: str) -> bool:
    """Whether a path was removed by hand, or lies in a folder that was; a root added by name since counts no less."""
    return any(inside(path, name) and not inside(root, name) for name in excluded)


def _is_gone(path: Path) -> bool:
    """Whether there is nothing at a path; what cannot be looked at may still be there."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _holds_files(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except OSError:
        return False
