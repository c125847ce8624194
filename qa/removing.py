"""Removing documents, and what conversations quote of them."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from qa import store, upkeep
from qa.changing import change
from qa.errors import LibraryError, SourceNotFound
from qa.places import inside, option
from qa.types import IndexReport, OnProgress

if TYPE_CHECKING:
    from qa.conversations import Conversations
    from qa.parts import Parts

NAMED = 3
"""Sources that are written out in the command that a notice gives."""


def remove(
    parts: Parts,
    folder: Path,
    paths: Sequence[Path],
    *,
    quotes: bool,
    progress: OnProgress | None = None,
    cancel: threading.Event | None = None,
) -> IndexReport:
    """As `Library.remove` says."""
    parts.check_own()
    there, kept = paths, parts.conversations()
    if quotes:
        there = _there(parts, paths)
        unknown = [str(path) for path in paths if path not in there and not kept.quoting([str(path)])]
        if unknown:
            kept.forget(unknown)  # which erases what a run that was killed may have left
            raise SourceNotFound(
                f"{unknown[0]} is not in the library, and no answer holds text of it; nothing was removed"
            )
    elif not parts.exists():
        raise SourceNotFound(f"{paths[0]} is not in the library, which is empty")
    report = IndexReport()
    if parts.exists():  # where nothing is to be removed, what a run that was killed has removed is erased all the same
        report = change(
            parts,
            lambda writer: upkeep.remove(writer, there) if there else IndexReport(),
            progress=progress,
            cancel=cancel,
            doing="removing",
            check=bool(there),
        )
        if report.cancelled:
            return report
    if quotes:
        # After the library, so that what is asked meanwhile cannot quote it again.
        try:
            taken = kept.forget([str(path) for path in paths])
        except LibraryError as error:
            raise LibraryError(f"not all that answers hold was taken out: {error}; run the same again") from None
        if taken:
            report = _noting(report, f"what {taken} held of the text was taken out as well; the questions stay")
    else:
        report = told(report, kept, folder, [str(path) for path in paths])
    if there and (catalog := parts.catalog()) and store.removed(catalog):
        # A large index is made anew when a tenth of it has changed.
        command = f"quoth rebuild{option(folder)}"
        report = _noting(report, f"the search index keeps vectors of the removed text until it is made anew: {command}")
    return report


def told(report: IndexReport, kept: Conversations, folder: Path, named: Sequence[str] = ()) -> IndexReport:
    """The report, with a notice where answers in conversations hold text of what was removed.

    named: what the user named; the removed sources where that is none.
    """
    if not report.removed:
        return report
    try:
        found = kept.quoting(report.removed)
    except LibraryError as error:
        return _noting(report, f"whether answers hold text of what was removed cannot be seen: {error}")
    if not found:
        return report
    named = named or report.removed
    sources = " ".join([*map(shlex.quote, named[:NAMED]), *(["..."] if len(named) > NAMED else [])])
    return _noting(
        report,
        f"{found} still {'holds' if found.answers == 1 else 'hold'} text of what was removed; to take that out too: "
        f"quoth remove --quotes{option(folder)} {sources}",
    )


def _there(parts: Parts, paths: Sequence[Path]) -> list[Path]:
    """Those of the paths that are sources, or folders of sources."""
    catalog = parts.catalog()
    sources = catalog.stored_sources() if catalog else {}
    return [path for path in paths if str(path) in sources or any(inside(source, path) for source in sources)]


def _noting(report: IndexReport, notice: str) -> IndexReport:
    return replace(report, notices=(*report.notices, notice))
