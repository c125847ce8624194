"""What adding, updating and removing did, in a sentence each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa import IndexReport


def documents(count: int) -> str:
    """A number of documents, in words."""
    return "1 document" if count == 1 else f"{count} documents"


def added(report: IndexReport) -> str:
    """What an add or update did, in one sentence."""
    did = [
        *([f"added {documents(len(report.added))}"] if report.added else []),
        *([f"updated {len(report.updated)}"] if report.updated else []),
        *([f"took out {len(report.removed)} whose files are gone"] if report.removed else []),
    ]
    text = ", ".join(did) or ("nothing is new" if report.unchanged else "nothing was added")
    if report.cancelled:
        text = f"stopped{', and kept what was finished' if did else ''}: {text}"
    if len(report.failed) == 1:
        text += f"; {Path(report.failed[0].source).name} was left out: {report.failed[0].reason}"
    elif report.failed:
        text += f", {len(report.failed)} left out: F4, then f says why"
    elif report.notices:
        text += f", with {len(report.notices)} to know: F4, then f shows it"
    return text[0].upper() + text[1:]


def followed(report: IndexReport) -> str:
    """What came of files that changed by themselves; "" where nothing did."""
    from qa.watching import said

    return added(report) if said(report) else ""


def removed(report: IndexReport) -> str:
    """What a removal did."""
    known = f", with {len(report.notices)} to know: see Documents (F4)" if report.notices else ""
    return f"Removed {documents(len(report.removed))} from the library; the files stay{known}"


def removed_with_quotes(report: IndexReport) -> str:
    """What a removal did that took the quotes out of the answers too."""
    return f"Removed {documents(len(report.removed))} and what answers held of the text; the files stay"
