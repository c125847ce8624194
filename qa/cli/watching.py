"""`quoth watch`: keeps a library in step with its files until Ctrl-C."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from qa.cli.opening import open_library
from qa.cli.options import JsonOption, LibraryOption, OptionalPathsArgument
from qa.cli.output import INTERRUPTED, print_line, print_notice, print_notices, print_report
from qa.cli.progress import cancelled_by_interrupt, progress_bar
from qa.display import short_path, visible
from qa.errors import LibraryEmpty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qa.types import IndexReport, Progress


def watch(paths: OptionalPathsArgument = None, library: LibraryOption = None, as_json: JsonOption = False) -> int:
    """Take in what changes in files and folders, as it changes, until Ctrl-C. PATHs are added first; without, all that
    was added before is watched.

    Prints a line for each document that was added, updated or removed, or could not be read.
    """
    from qa import watching

    watching.require()
    with (
        open_library(library, create=bool(paths)) as opened,
        cancelled_by_interrupt() as stop,
        ExitStack() as bar,  # which is there while something is done alone
    ):
        if not paths and not opened.roots():
            raise LibraryEmpty(f"the library {opened.name!r} holds nothing to watch yet; run: quoth watch FOLDER")
        shown = None

        def show(progress: Progress) -> None:
            nonlocal shown
            shown = shown or bar.enter_context(progress_bar(stop))
            shown(progress)

        def say(line: str) -> None:
            nonlocal shown
            bar.close()
            shown = None
            print_notice((visible(line, one_line=True), "yellow"))

        begun = False
        for report in watching.watch(opened, paths, stop=stop, progress=show, say=say):
            bar.close()
            shown = None
            if as_json:
                _print_json(report)
            elif begun:
                _print(report)
            else:
                print_report(report, "nothing to add yet", as_json=False)
            if not begun and not stop.is_set():
                print_notice(("Watching; Ctrl-C ends it.", "dim"))
            begun = True
            sys.stdout.flush()
    print_notice("No longer watching. What was taken in is kept.")
    return INTERRUPTED


def _changes(report: IndexReport) -> Iterator[tuple[str, str, str]]:
    """What was done with each document, where it is, and why it was left out."""
    for done in ("added", "updated", "removed"):
        yield from ((done, source, "") for source in getattr(report, done))
    yield from (("failed", failure.source, failure.reason) for failure in report.failed)


def _print(report: IndexReport) -> None:
    for done, source, reason in _changes(report):
        print_line(f"{done} ", short_path(source), f": {visible(reason, one_line=True)}" if reason else "")
    print_notices(report.notices)


def _print_json(report: IndexReport) -> None:
    """An object on a line of its own for each change, for a program that reads line by line."""
    from qa.types import SCHEMA_VERSION

    for done, source, reason in _changes(report):
        change = {"schema": SCHEMA_VERSION, "change": done, "source": source, "reason": reason or None}
        sys.stdout.write(json.dumps(change) + "\n")
    print_notices(report.notices)
