"""Whether a library is sound. It is examined step by step; each step yields what it finds, and changes nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from qa.catalog import Catalog
from qa.doctor import contents, folder, index, server
from qa.doctor.findings import Finding, Health
from qa.doctor.visit import Visit
from qa.errors import LibraryDamaged, LibraryError, LibraryLocked, LibraryNotFound
from qa.settings import Settings
from qa.types import OnProgress, Progress

__all__ = ["Finding", "Health", "examine"]


def examine(
    place: Path, *, deep: bool = False, progress: OnProgress | None = None, settings: Settings | None = None
) -> Health:
    """Examine the library in a folder.

    deep: look at every document, vector, word and file, instead of a sample. progress: told how far that is.
    settings: take these; otherwise those of the files and variables.
    The library's lock is held meanwhile, since a writer's half-done work looks like damage; where nothing can be
    written, as on a disk for reading only, it is done without.
    Raises LibraryNotFound where there is no library and nothing left of one, LibraryLocked while another process
    writes, LibraryMismatch for one that a newer version of Quoth made, LibraryError where it cannot be opened now.
    """
    began = time.monotonic()
    report = progress or _silent
    with ExitStack() as stack:
        visit = Visit(place, deep, report)
        found = [*folder.settings(visit)]
        visit.settings = settings or visit.settings
        if not folder.holds_library(place):
            if not server.is_on_server(visit):
                raise LibraryNotFound(f"there is no library in {place}; `quoth libraries` lists those there are")
            found += server.server(visit)
            found += contents.conversations(visit)
            return _health(visit, found, began)
        if (place / folder.CATALOG).is_file():
            try:  # before the lock is taken: one of an older format is brought up to date first, which takes it too
                visit.catalog = stack.enter_context(closing(Catalog(place)))
            except LibraryDamaged:
                visit.catalog = None
        _lock(stack, place)
        found += _findings(visit)
    return _health(visit, found, began)


def _health(visit: Visit, found: Sequence[Finding], began: float) -> Health:
    place, seconds = visit.folder, time.monotonic() - began
    return Health(place.name, str(place), visit.deep, visit.documents, visit.chunks, tuple(found), seconds)


def _findings(visit: Visit) -> Iterator[Finding]:
    yield from folder.permissions(visit)
    whole = True
    for finding in contents.catalog(visit):
        whole = whole and finding.severity != "damage"
        yield finding
    if whole and visit.catalog is not None:
        try:
            yield from contents.documents(visit)
            yield from contents.words(visit)
            yield from contents.model(visit)
            yield from server.server(visit) if server.is_on_server(visit) else index.index(visit)
            yield from folder.sources(visit)
        except LibraryDamaged as error:  # SQLite met what its own check had passed over
            yield contents.damaged(visit, str(error))
    yield from contents.conversations(visit)
    yield from folder.leftovers(visit)
    yield from folder.space(visit)


def _lock(stack: ExitStack, place: Path) -> None:
    from qa.locking import writing_now

    try:
        stack.enter_context(writing_now(place))
    except LibraryLocked:
        raise
    except (LibraryError, OSError):
        return


def _silent(progress: Progress) -> None:
    """Say nothing of the progress."""
