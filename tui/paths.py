"""Paths as people give them: typed, pasted from a shell, dragged from a file manager."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

QUOTING = "'\"\\"

BEGINNINGS = ("/", "~", "./", "../", "file:")
"""How a path begins that is told from a word."""

MOST = 50_000
"""Characters of paths that are taken at once: those of many files, dragged from a file manager."""


def paths_in(text: str) -> tuple[str, ...]:
    """The paths in a text: one a line, or several a line as a shell writes them; quoted, with ~, or as file:// URLs.

    What exists as it stands is one path, whatever is in it.
    """
    if exists(text):
        return (text,)
    return tuple(path for line in text.splitlines() if line.strip() for path in _paths_of(line.strip()))


def begins_as_path(text: str) -> bool:
    """Whether a text may be paths alone, which `paths_in` and `exists` tell for sure; "//" begins a question."""
    return text.lstrip(QUOTING).startswith(BEGINNINGS) and not text.startswith("//")


def exists(path: str) -> bool:
    """Whether there is such a file or folder."""
    try:
        return os.path.exists(path)  # noqa: PTH110 (names need not be UTF-8)
    except (OSError, ValueError, RuntimeError):  # it may not be looked at; a NUL; no such user
        return False


def absolute(path: str) -> str:
    """The path from the root on; as it was given where the working directory is gone."""
    try:
        return str(Path(path).absolute())
    except OSError:
        return path


def completions(text: str) -> list[str]:
    """The names that go on from a path that is being typed, in their order; a folder's with a slash.

    Names that begin with a dot are offered where the dot was typed.
    """
    folder, name = os.path.split(text)
    try:
        with os.scandir(_plain(folder) or os.curdir) as entries:
            return sorted(
                entry.name + ("/" if entry.is_dir() else "")
                for entry in entries
                if entry.name.startswith(name) and (name or not entry.name.startswith(".")) and entry.name.isprintable()
            )
    except (OSError, ValueError):
        return []


def completed(text: str) -> str | None:
    """The text, as far as all `completions` agree how it goes on; None where there is nothing to add."""
    name = os.path.basename(text)  # noqa: PTH119 (names need not be UTF-8)
    more = os.path.commonprefix(completions(text)).removeprefix(name) if text else ""  # noqa: RUF071 (names, not paths)
    return text + more if more else None


def folder_typed(text: str) -> str | None:
    """The folder that a path which is being typed leads to so far; None where it leads to none."""
    paths = paths_in(text) if begins_as_path(text) else ()
    if len(paths) != 1:
        return None
    folder = absolute(paths[0] if text.endswith(os.sep) else os.path.dirname(paths[0]))  # noqa: PTH120 (as above)
    try:
        return folder if os.path.isdir(folder) else None  # noqa: PTH112
    except (OSError, ValueError):
        return None


def _paths_of(line: str) -> list[str]:
    if exists(_plain(line)):
        return [_plain(line)]
    try:
        words = shlex.split(line)
    except ValueError:  # a quotation mark that is part of a name
        words = [line]
    paths = [_plain(word) for word in words]
    several = all(word.startswith(BEGINNINGS) or exists(word) for word in words)
    return paths if several or any(sign in line for sign in QUOTING) else [_plain(line)]


def _plain(word: str) -> str:
    try:
        if word.startswith("file:"):
            url = urlsplit(word)
            if url.netloc in ("", "localhost"):
                return os.fsdecode(unquote_to_bytes(url.path))
        return os.path.expanduser(word) if word.startswith("~") else word  # noqa: PTH111
    except ValueError:  # no URL after all, or a user's name that cannot be one
        return word


def home_or_here() -> Path:
    """Where to begin to look for files: the working directory, or the home folder where that is not below it."""
    try:
        home = Path.home()
    except RuntimeError:  # whoever runs this has none
        home = Path(os.sep)
    try:
        here = Path.cwd()
    except OSError:  # it has been removed
        return home
    return here if here.is_relative_to(home) and here != home else home
