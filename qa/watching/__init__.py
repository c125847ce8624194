"""Keeping a library in step with its files: noticing that they change, and looking at them again when they do.

What is done about a change is `Library.update`, which sees for itself what is new, changed and gone; so a change that
is noticed twice, or too early, does no harm.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from qa.errors import LibraryDamaged, LibraryEmpty, LibraryError, LibraryMismatch, QuothError
from qa.places import Paths, existing
from qa.types import IndexReport, OnProgress
from qa.watching.noticing import Say, Watcher

if TYPE_CHECKING:
    from qa.library import Library

AGAIN = 5.0
"""Seconds after which a look that failed, as on a full disk, is tried again."""


def watch(
    library: Library,
    paths: Paths | None = None,
    *,
    stop: threading.Event | None = None,
    progress: OnProgress | None = None,
    say: Say | None = None,
) -> Iterator[IndexReport]:
    """Bring the library in step with its files, now and whenever they change. Yields what came of it, until `stop`.

    paths: files and folders that are added first, and alone are watched; None watches all that was added before, also
    what is added meanwhile. The first report is of everything; the later ones hold what was not said before, and come
    only where there is such. progress: as for `Library.add`, at each look. say: told, in a line, what a person who
    waits should know. Raises as `Library.add` does, and QuothError where watchfiles is not installed.
    """
    require()
    stop, say = stop or threading.Event(), say or _silent
    failed: dict[str, str] = {}
    notices: set[str] = set()

    def told(report: IndexReport) -> IndexReport:
        fresh = news(report, failed, notices)
        for source in (*report.added, *report.updated, *report.unchanged, *report.removed):
            failed.pop(source, None)
        failed.update((failure.source, failure.reason) for failure in report.failed)
        notices.update(report.notices)
        return fresh

    only = None if paths is None else existing(paths)
    first = only is None
    try:
        if only is not None:
            yield told(library.add(only, progress=progress, cancel=stop))
        for roots in Watcher(library, only, stop, say):
            trouble = ""
            while not stop.is_set():
                try:
                    report = told(library.update(roots, progress=progress, cancel=stop))
                except LibraryError as error:
                    if isinstance(error, LibraryDamaged | LibraryMismatch | LibraryEmpty):
                        raise
                    if trouble != str(error):
                        trouble = str(error)
                        say(f"{trouble}; tried again every {AGAIN:.0f} seconds")
                    stop.wait(AGAIN)
                    continue
                if first or said(report):
                    first = False
                    yield report
                break
    except QuothError:
        if not stop.is_set():  # the terminal sends Ctrl-C to child processes too, and so one of them failed
            raise


def news(report: IndexReport, failed: Mapping[str, str], notices: Collection[str]) -> IndexReport:
    """The report without the failures (by source, their reason) and notices that were told before.

    Nor is a file told of that was there for a moment only, as editors make them.
    """
    fresh = [f for f in report.failed if failed.get(f.source) != f.reason and os.path.lexists(f.source)]
    return replace(
        report, failed=tuple(fresh), notices=tuple(notice for notice in report.notices if notice not in notices)
    )


def said(report: IndexReport) -> bool:
    """Whether there is anything to say of it."""
    return bool(report.added or report.updated or report.removed or report.failed or report.notices)


def require() -> None:
    """Raise QuothError where the package that tells of changes is missing."""
    try:
        import watchfiles  # noqa: F401
    except ModuleNotFoundError:
        raise QuothError("watching needs the package watchfiles; run: pip install 'quoth[watch]'") from None


def _silent(line: str) -> None:
    """Say nothing."""
