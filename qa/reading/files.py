"""Getting a file's bytes once, safely: regular files only, within the size limit, and unchanged while they are read."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

from qa.errors import ReadError

TICK_NS = 20_000_000
"""Times of files go by a clock that ticks: two writes within a tick have the same. On Linux a tick is 10 ms at most."""


def read_bytes(path: Path, max_bytes: int, stamp: tuple[int, int] | None = None) -> bytes:
    """The bytes of a regular file, as they were at one moment.

    stamp: the size and the time in nanoseconds that the caller knows the file by. Raises ReadError for what is missing,
    forbidden, special, too large, changing, or no longer as it is known.
    """
    try:
        _check(os.stat(path), max_bytes)  # noqa: PTH116, one call that follows links, as opening does
        # a pipe put in the file's place after the check must not block the open
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(path, flags), "rb") as file:  # noqa: PTH123, a descriptor has no path
            before = os.fstat(file.fileno())
            _check(before, max_bytes)
            if abs(time.time_ns() - before.st_mtime_ns) < TICK_NS:
                time.sleep(TICK_NS / 1e9)  # what is written from now on has another time
            data = file.read(max_bytes + 1)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise ReadError(_reason(error)) from None
    except ValueError:  # a NUL in the name
        raise ReadError("it has a name that no file can have") from None
    times = {(before.st_size, before.st_mtime_ns), (after.st_size, after.st_mtime_ns), stamp} - {None}
    if len(times) > 1 or len(data) != after.st_size:
        raise ReadError("it changed while it was read: try again when it is no longer written to")
    if not data:
        raise ReadError("it is empty")
    return data


def _check(status: os.stat_result, max_bytes: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ReadError("it is a folder, not a file")
    if not stat.S_ISREG(status.st_mode):
        raise ReadError("it is not a regular file but a pipe, socket or device: only regular files are read")
    if status.st_size > max_bytes:
        raise ReadError(
            f"it is too large, {_size(status.st_size)} where {_size(max_bytes)} are allowed:"
            " split it, or raise the setting reading.max_bytes"
        )


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 100_000 else f"{count:,} bytes"


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "there is no such file: check the path"
    if isinstance(error, PermissionError):
        return "there is no permission to read it: change its permissions"
    return f"it cannot be opened: {error.strerror or type(error).__name__}"
