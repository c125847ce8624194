"""Folders and files that hold what documents say: made for their owner alone, whatever the umask."""

from __future__ import annotations

import os
import shlex
import stat
import threading
from pathlib import Path


def make_folder(folder: Path) -> None:
    """Make a folder with mode 0700, and those above it that are missing; one that exists is left as it is.

    Raises OSError.
    """
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)  # another process may make it in the same moment
        missing.chmod(0o700)  # the umask may have taken the owner's own rights


def make_file(file: Path) -> None:
    """Make an empty file with mode 0600; one that exists is left as it is. Raises OSError."""
    try:
        made = os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError:
        return
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(made, 0o600)
    finally:
        os.close(made)


def notices(folder: Path) -> list[str]:
    """A line for the user where others may look into a library's folder; its mode is theirs to change."""
    try:
        mode = stat.S_IMODE(folder.stat().st_mode)
    except OSError:
        return []
    if os.name != "posix" or not mode & 0o077:
        return []
    return [
        f"the library's folder {folder} is open to other users of this machine (mode {mode:04o}); "
        f"to close it: chmod 700 {shlex.quote(str(folder))}"
    ]


def replace_file(file: Path, data: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all; one that is there is replaced. Raises OSError."""
    import tempfile

    handle, work = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(work).replace(file)
    except BaseException:
        Path(work).unlink(missing_ok=True)
        raise


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all, whoever else writes it and whenever the process dies."""
    make_folder(path.parent)
    partial = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        partial.write_bytes(data)
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
