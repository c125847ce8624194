"""Changing a library: by one writer at a time, what is deleted is erased, and the search index brought in step."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from qa import building, private, store
from qa.catalog.writing import Writer
from qa.errors import LibraryDamaged, LibraryError
from qa.locking import INDEXING, writing
from qa.places import option, require_own
from qa.types import IndexReport, OnProgress, Progress, silent

if TYPE_CHECKING:
    from qa.parts import Parts


def change(
    parts: Parts,
    work: Callable[[Writer], IndexReport],
    *,
    progress: OnProgress | None = None,
    cancel: threading.Event | None = None,
    doing: str = INDEXING,
    force: bool = False,
    check: bool = True,
    before: Callable[[Path], object] | None = None,
) -> IndexReport:
    """Do the work as the library's one writer, erase what it deleted, then bring the index in step.

    doing: what the work is, in a word, for those who wait. force: build the index anew whether or not it is in step.
    check: refuse a library of another embedding model. before: done with the library's folder before its catalog is
    opened for writing.
    """
    folder, say, began = parts.folder, progress or silent, time.monotonic()
    require_own(folder)
    server = parts.server()
    if server:
        from qa.remote import sending

        sending.admit(server, parts.catalog(), force=force)

    def wait(line: str) -> None:
        say(Progress("waiting", 0, 0, line))

    with writing(folder, wait, cancel, doing) as held:
        if not held:
            return IndexReport(cancelled=True)
        if before:
            before(folder)
        writer = Writer(folder)
        try:
            building.clean(folder, writer)  # what a killed process left
            if writer.meta("fingerprint") is None:
                name, settings = parts.fingerprint(), parts.settings
                with writer.transaction():
                    writer.set_meta(
                        fingerprint=name, model=settings.embedding.model, tokens=str(settings.chunking.tokens)
                    )
            elif check:
                parts.check(writer)
            report = _erased(folder, writer, work(writer))
            if server:
                building.forget(writer)
                building.clean(folder, writer)
                if not report.cancelled and not sending.send(server, writer, say, cancel, anew=force):
                    report = replace(report, cancelled=True)
            elif force or (not report.cancelled and store.is_stale(folder, writer)):
                say(Progress("indexing", 0, 0, "", writer.chunk_count()))
                if not building.rebuild(folder, writer, cancel):
                    report = replace(report, cancelled=True)
        finally:
            writer.close()
            parts.look_again()
    notices = (*private.notices(folder), *parts.model_notices(), *report.notices)
    return replace(report, seconds=time.monotonic() - began, notices=notices)


def _erased(folder: Path, writer: Writer, report: IndexReport) -> IndexReport:
    """The report, with a notice where something is left of a text that was deleted."""
    if report.cancelled:  # nobody who has pressed Ctrl-C waits for a catalog to be rewritten
        return report
    try:
        writer.erase()
    except LibraryDamaged:
        raise
    except LibraryError as error:
        update = f"quoth update{option(folder)}" if writer.chunk_count() else "quoth add"
        left = f"something of what was removed may still be in the library's files: {error}. The next change of "
        left += f"the library erases it, as does {update}"
        return replace(report, notices=(*report.notices, left))
    return report
