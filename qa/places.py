"""Where libraries lie, and what a path that a user gave means."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import shutil
from collections.abc import Iterable
from pathlib import Path

from qa.errors import InputError, LibraryDamaged, LibraryError, LibraryNotFound, SourceNotFound
from qa.settings import cache_folder, data_folder, load

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


def option(folder: Path) -> str:
    """What a quoth command needs added to mean this library: " --library NAME", or nothing for the default one."""
    name = folder.name if folder == folder_of(folder.name) else str(folder)
    return "" if name == "default" else f" --library {shlex.quote(name)}"


def require_own(folder: Path) -> None:
    """Raise LibraryError where a new library would lie among other files: what is in a library's folder is Quoth's."""
    from qa import locking, settings
    from qa.catalog import schema

    if (folder / schema.FILE).exists() or not folder.is_dir():
        return
    expected = {settings.FILE, locking.FILE, locking.HOLDER, *(path.name for path in _parts(folder))}
    if any(path.name not in expected and not path.name.endswith(".damaged") for path in folder.iterdir()):
        raise LibraryError(
            f"{folder} holds other files, and a library needs a folder of its own; "
            f"take {shlex.quote(str(folder / 'quoth-library'))}, or a name"
        )


def check_remains(folder: Path) -> None:
    """Raise LibraryDamaged where a folder without a catalog holds the index of one."""
    if any(folder.glob("index-*/")):
        from qa.catalog import schema
        from qa.store import index_folders

        if index_folders(folder):
            raise LibraryDamaged(
                f"the catalog of the library {folder} is missing. Run: {schema.doctor(folder)} (it says what mends it)"
            )


def libraries() -> list[Path]:
    """The folders of the libraries that have a name, by name."""
    from qa.catalog import schema

    return sorted(file.parent for file in (data_folder() / "libraries").glob(f"*/{schema.FILE}"))


def delete(name: str) -> Path:
    """Delete a library by name or path: its catalog, index, conversations, settings, and its folder if that is all.

    One that it filled on a Chroma server goes from there as well. Raises LibraryNotFound where there is none,
    LibraryLocked while another process writes to it, StoreError where the server does not answer.
    """
    from qa import settings
    from qa.catalog import schema
    from qa.locking import FILE, writing_now

    folder = folder_of(name)
    if not (folder / schema.FILE).is_file():
        raise LibraryNotFound(f"there is no library {name!r} in {folder}; `quoth libraries` lists those there are")
    with writing_now(folder, "deleting"):
        if load(folder).store.url is not None:
            _delete_on_server(folder)
        for path in (*_parts(folder), folder / settings.FILE):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    (folder / FILE).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # what else a user keeps in the folder stays
        folder.rmdir()
    return folder


def _delete_on_server(folder: Path) -> None:
    from qa.catalog import Catalog
    from qa.remote import sending
    from qa.remote.server import Server

    with (
        contextlib.closing(Catalog(folder)) as catalog,
        contextlib.closing(Server(load(folder).store, folder.name)) as server,
    ):
        sending.delete(server, catalog)


def _parts(folder: Path) -> list[Path]:
    """What Quoth itself keeps in a library's folder, the catalog first: without it nothing is a library."""
    from qa.catalog import mending, migrating, schema
    from qa.conversations import mending as conversing
    from qa.conversations.schema import FILES as CONVERSATIONS
    from qa.store import index_folders

    names = (*schema.FILES, *CONVERSATIONS, mending.TEMPORARY, conversing.TEMPORARY)
    kept = folder.glob(f"{CONVERSATIONS[0]}.damaged*")
    return [*(folder / name for name in names), *migrating.copies(folder), *kept, *index_folders(folder)]


def documents_folder(paths: Paths) -> Path:
    """Where `ask(documents=...)` keeps the library of just these paths, embedded with the model that is set."""
    names = [load().embedding.model, *sorted(str(path) for path in existing(paths))]
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
    """Files and folders as absolute paths. Raises SourceNotFound for the first that cannot be seen."""
    found = [absolute(path) for path in listed(paths)]
    for path in found:
        try:
            path.stat()
        except (FileNotFoundError, NotADirectoryError):
            raise SourceNotFound(f"{path} does not exist; nothing was added") from None
        except OSError as error:  # no permission, a loop of links, a name that is too long
            raise SourceNotFound(f"{path} cannot be looked at: {error.strerror}; nothing was added") from None
    return list(dict.fromkeys(found))


def inside(path: str, folder: str | os.PathLike[str]) -> bool:
    """Whether a path is this folder, or lies below it."""
    return path == os.fspath(folder) or path.startswith(os.path.join(folder, ""))


def absolute(path: str | os.PathLike[str]) -> Path:
    """A path as the user means it: ~ is their home; symbolic links stay what they are. Raises InputError."""
    given = os.fspath(path)
    try:
        os.fsencode(given)
        usable = bool(given) and "\0" not in given
    except UnicodeEncodeError:
        usable = False
    if not usable:
        raise InputError(f"{given!r:.200} is not a path")
    # A file may be called "~notes": what is no user's home stays as it is, where Path.expanduser would raise.
    home = os.path.expanduser(given)  # noqa: PTH111
    return Path(os.path.abspath(home))  # noqa: PTH100 (resolve() would follow links)
