"""Room on the disk: looked at before something is written, since what a full disk interrupts is harder to explain."""

from __future__ import annotations

import shutil
from pathlib import Path

from qa.errors import LibraryError

SPARE = 4_000_000
"""Bytes that stay free beyond what is about to be written: for the journals of SQLite and for conversations."""


def free(folder: Path) -> int:
    """Bytes that can still be written where this folder lies; as many as you like where the system does not say."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 2**63


def need(folder: Path, size: int, what: str) -> None:
    """Raise LibraryError where there is no room for about `size` bytes of `what` ("the search index")."""
    left = free(folder)
    if left < size + SPARE:
        raise LibraryError(
            f"{what} needs about {megabytes(size + SPARE)} on the disk of {folder}, and {megabytes(left)} are free; "
            "what is indexed so far is kept. Make room, then run the same again"
        )


def full(folder: Path) -> LibraryError:
    """The error for a disk that became full in the middle of something, which had no effect then."""
    return LibraryError(
        f"the disk of {folder} is full: {megabytes(free(folder))} are free; what is indexed so far is kept. "
        "Make room, then run the same again"
    )


def megabytes(size: int) -> str:
    """A size for people: "3.2 MB"."""
    return f"{size / 1e6:,.1f} MB"
