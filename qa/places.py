"""Where libraries lie, and what a path that a user gave means."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from qa.errors import InputError, LibraryNotFound, SourceNotFound
from qa.settings import cache_folder, data_folder

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


def folder_of(library: str | os.PathLike[str]) -> Path:
    """The folder of a library given by name, or by a path: with a separator, or beginning with . or ~."""
    given = os.fspath(library)
    if not given.strip() or "\0" in given:
        raise InputError("the name of a library is empty")
    separators = [os.sep, *([os.altsep] if os.altsep else [])]
    if isinstance(library, os.PathLike) or given.startswith((".", "~")) or any(s in given for s in separators):
        return absolute(given)
    return data_folder() / "libraries" / given


def libraries() -> list[Path]:
    """The folders of the libraries that have a name, by name."""
    from qa.catalog import schema

    return sorted(file.parent for file in (data_folder() / "libraries").glob(f"*/{schema.FILE}"))


def delete(name: str) -> Path:
    """Delete a library by name or path, with everything in its folder; returns the folder that is gone.

    Raises LibraryNotFound where there is none, LibraryLocked while another process writes to it.
    """
    from qa.catalog import schema
    from qa.locking import writing_now

    folder = folder_of(name)
    if not (folder / schema.FILE).is_file():
        raise LibraryNotFound(f"there is no library {name!r} in {folder}; `quoth libraries` lists those there are")
    with writing_now(folder):
        for path in [folder / schema.FILE, *folder.iterdir()]:  # the catalog first: without it nothing is a library
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def documents_folder(paths: Paths) -> Path:
    """Where `ask(documents=...)` keeps the library of just these paths."""
    names = sorted(str(path) for path in existing(paths))
    digest = hashlib.sha256("\0".join(names).encode("utf-8", "surrogateescape")).hexdigest()[:24]
    return cache_folder() / "documents" / digest


def sample_corpus() -> Path:
    """The folder of the sample documents: in the installed package, or in a checkout."""
    here = Path(__file__).parent
    return next(folder for folder in (here / "corpus", here.parent / "corpus") if folder.is_dir())


def listed(paths: Paths) -> list[str | os.PathLike[str]]:
    """One path or many, as a list. Raises InputError for none."""
    found = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    if not found:
        raise InputError("no path was given")
    return found


def existing(paths: Paths) -> list[Path]:
    """Files and folders as absolute paths. Raises SourceNotFound for the first that does not exist."""
    found = [absolute(path) for path in listed(paths)]
    for path in found:
        if not os.path.lexists(path):
            raise SourceNotFound(f"{path} does not exist; nothing was added")
    return list(dict.fromkeys(found))


def absolute(path: str | os.PathLike[str]) -> Path:
    """A path as the user means it: ~ is their home; symbolic links stay what they are. Raises InputError."""
    given = os.fspath(path)
    if not given or "\0" in given:
        raise InputError(f"{given!r} is not a path")
    return Path(os.path.abspath(Path(given).expanduser()))  # noqa: PTH100 (resolve() would follow links)
