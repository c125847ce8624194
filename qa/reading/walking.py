"""The files below a folder that may be documents, in a fixed order.

Left out in silence: what is hidden, generated or ignored, what editors keep beside a file, the folder of a library, and
what no name could make a document of (images, sounds, archives, programs ...): whoever adds a folder of notes with 500
photos does not want 500 failures. Old and foreign documents (.doc, .odt ...) are not left out, so that reading them
says what to do; nor is what a package reads that is installed for it (see `plugins`).
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qa.reading import kinds, plugins

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec, Pattern

IGNORE_FILES = (".gitignore", ".quothignore")
"""Later ones win, as deeper ones do."""

_INSIDE = re.compile(r"/\*\* *$")
"""What is inside a folder: pathspec takes it to be the folder too, git does not. "/**/*" says it to both."""

_IGNORE_BYTES = 1_000_000
_GENERATED = frozenset({"node_modules", "__pycache__"})
_ENVIRONMENT = "pyvenv.cfg"
_LIBRARY = frozenset({"catalog.sqlite", "lock"})
"""What the folder of a library holds, all of which is Quoth's own (qa.catalog.schema.FILE, qa.locking.FILE)."""
_OFFICE_LOCK = "~$"
"""Office keeps such a file beside each document that is open."""
_KEPT_BY_EDITORS = re.compile(r".*~|#.*#", re.DOTALL)
"""Files that Emacs, Vim and others keep beside one that was changed: what it was before, or what is not saved yet."""

Ignores = tuple[tuple[str, "GitIgnoreSpec"], ...]
OnError = Callable[[Path, str], None]


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that a walk looks into. relative: its path below the root, with a slash behind; "" for the root."""

    path: Path
    relative: str
    ignores: Ignores

    def leaves_out(self, name: str, *, is_folder: bool) -> bool:
        """Whether a file or folder of this name in here would be left out for its name alone, be it there or not."""
        if _unwanted(name) or (not is_folder and _no_document(name)):
            return True
        return _ignored(self.relative + name + ("/" if is_folder else ""), self.ignores)


def walk(
    root: Path, on_error: OnError | None = None, on_folder: Callable[[Folder], None] | None = None
) -> Iterator[Path]:
    """Regular files below the folder `root` that may be documents, sorted by name within each folder, as root / ....

    Hidden names, node_modules, __pycache__, virtual environments and what .gitignore and .quothignore files in `root`
    and below name are left out. A link to a file is followed if its target lies inside `root`; links to folders are
    not, since what they lead to inside is met anyway. on_error is called with each folder or ignore file that cannot
    be read, and why; the rest is walked all the same. on_folder is called with each folder that is looked into.
    """
    report = on_error or (lambda _path, _reason: None)
    entered = on_folder or (lambda _folder: None)
    inside = os.path.join(os.path.realpath(root), "")
    pending: list[tuple[Path, str, Ignores, bool]] = [(root, "", (), True)]
    while pending:
        path, relative, ignores, is_folder = pending.pop()
        if not is_folder:
            yield path
            continue
        try:
            with os.scandir(path) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except (OSError, ValueError) as error:
            report(path, f"the folder cannot be read: {getattr(error, 'strerror', None) or error}")
            continue
        names = {entry.name for entry in entries}
        if relative and (_ENVIRONMENT in names or names >= _LIBRARY):
            continue
        ignores = (*ignores, *_specs(path, relative, names, report))
        entered(Folder(path, relative, ignores))
        below: list[tuple[Path, str, Ignores, bool]] = []
        for entry in entries:
            kind = _wanted(entry, inside)
            inner = relative + entry.name
            if kind and not _ignored(inner + ("/" if kind == "folder" else ""), ignores):
                below.append((path / entry.name, inner + "/", ignores, kind == "folder"))
        pending += reversed(below)


def _wanted(entry: os.DirEntry[str], inside: str) -> str | None:
    """ "folder" or "file" for what is walked, by its name and type alone."""
    if _unwanted(entry.name):
        return None
    try:
        if entry.is_dir(follow_symlinks=False):
            return "folder"
        if _no_document(entry.name) or not entry.is_file():
            return None
        if entry.is_symlink() and not os.path.realpath(entry.path).startswith(inside):
            return None
    except OSError:  # gone meanwhile, or a loop of links
        return None
    return "file"


def _unwanted(name: str) -> bool:
    return name.startswith((".", _OFFICE_LOCK)) or name in _GENERATED


def _no_document(name: str) -> bool:
    if _KEPT_BY_EDITORS.fullmatch(name):
        return True
    path = Path(name)
    return kinds.is_no_document(path) and kinds.suffix_of(path) not in plugins.installed()


def _specs(folder: Path, relative: str, names: set[str], report: OnError) -> Iterator[tuple[str, GitIgnoreSpec]]:
    """The ignore files of one folder, with the path that their patterns are relative to."""
    for name in IGNORE_FILES:
        if name not in names:
            continue
        file = folder / name
        try:
            status = file.stat()
            if not stat.S_ISREG(status.st_mode) or status.st_size > _IGNORE_BYTES:
                report(file, "it is no ignore file: too large, or not a regular file")
                continue
            lines = [_INSIDE.sub("/**/*", line) for line in _lines(file)]
        except OSError as error:
            report(file, f"the ignore file cannot be read: {error.strerror}")
            continue
        yield relative, _spec(file, lines, report)


def _lines(file: Path) -> list[str]:
    return file.read_bytes().decode("utf-8-sig", "surrogateescape").splitlines()


def _spec(file: Path, lines: list[str], report: OnError) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # only where there is an ignore file

    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        usable = [line for line in lines if _parses(line)]
        report(file, f"{len(lines) - len(usable)} of its patterns make no sense and are passed over")
        return GitIgnoreSpec.from_lines(usable)


def _parses(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _ignored(relative: str, ignores: Ignores) -> bool:
    """As git decides: the deepest file with a pattern that fits has the word, and within a file the last such line.

    Folders above have been asked before, so only what a pattern says of this very path counts; pathspec's own verdict
    mixes both, and then differs from git's where lines contradict each other ("!*" before "a/").
    """
    for base, spec in reversed(ignores):
        path = relative[len(base) :]
        for pattern in reversed(spec.patterns):
            if pattern.include is not None and _fits(pattern, path):
                return pattern.include
    return False


def _fits(pattern: Pattern, path: str) -> bool:
    """Whether a pattern names this path, and not merely a folder above it."""
    from pathspec import RegexPattern

    regex = pattern.regex if isinstance(pattern, RegexPattern) else None
    if regex is None:
        return False
    return any(not regex.groupindex or match.end() == len(path) for match in regex.finditer(path))
