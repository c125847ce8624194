"""Questions without holding a Library: each opens one, asks, and closes it."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from qa import waiting
from qa.errors import InputError, LibraryEmpty, ReadError
from qa.library import Library
from qa.places import Paths, documents_folder, listed
from qa.settings import load
from qa.types import Answer, Event, IndexReport

if TYPE_CHECKING:
    from qa.chat_models import Model
    from qa.questions import History
    from qa.where import Where


def ask(
    question: str,
    documents: Paths | None = None,
    *,
    library: str | os.PathLike[str] | None = None,
    history: History = (),
    where: Where | None = None,
    model: Model | None = None,
    explain: bool = False,
) -> Answer:
    """Answer a question from documents, with citations.

    documents: files and folders to answer from; they are read on the first call, later only where they changed, into a
        library of their own in the user's cache folder. Without them the question goes to `library`.
    library: a name or path, as for Library; None is the one that the settings name. Not together with documents.
    history, where, model, explain: as for `Library.ask`, which also says what is raised. A file that cannot be read is
        left out; raises ReadError when that leaves none.
    """
    with opened(documents, library) as found:
        return found.ask(question, history=history, where=where, model=model, explain=explain)


def stream(
    question: str,
    documents: Paths | None = None,
    *,
    library: str | os.PathLike[str] | None = None,
    history: History = (),
    where: Where | None = None,
    model: Model | None = None,
    explain: bool = False,
    cancel: threading.Event | None = None,
) -> Iterator[Event]:
    """The steps to an answer as they happen; the last is Done, which has it. Arguments as for `ask`; `cancel` as for
    `Library.stream`.
    """
    with opened(documents, library, cancel) as found:
        yield from found.stream(question, history=history, where=where, model=model, explain=explain, cancel=cancel)


async def aask(
    question: str,
    documents: Paths | None = None,
    *,
    library: str | os.PathLike[str] | None = None,
    history: History = (),
    where: Where | None = None,
    model: Model | None = None,
    explain: bool = False,
) -> Answer:
    """`ask` without blocking the event loop. Cancelling the task gives up, also at a chat model."""
    return await waiting.answer(
        astream(question, documents, library=library, history=history, where=where, model=model, explain=explain)
    )


def astream(
    question: str,
    documents: Paths | None = None,
    *,
    library: str | os.PathLike[str] | None = None,
    history: History = (),
    where: Where | None = None,
    model: Model | None = None,
    explain: bool = False,
) -> AsyncIterator[Event]:
    """`stream` without blocking the event loop. Closing it, or cancelling the task, gives up."""
    cancel = threading.Event()
    events = stream(
        question, documents, library=library, history=history, where=where, model=model, explain=explain, cancel=cancel
    )
    return waiting.each(events, cancel)


def opened(
    documents: Paths | None, library: str | os.PathLike[str] | None, cancel: threading.Event | None = None
) -> Library:
    """The library that a question goes to, brought in step with the documents if some are given, or until `cancel`."""
    if documents is None:
        return Library(library)
    if library is not None:
        raise InputError("give documents or a library to ask, not both")
    paths = listed(documents)  # they are gone through twice, which not everything that gives paths allows
    found = for_documents(paths)
    try:
        report = found.add(paths, cancel=cancel)
        if not report.cancelled:
            check_read(found, report)
    except BaseException:
        found.close()
        raise
    return found


def for_documents(documents: Paths) -> Library:
    """The library in the user's cache folder that answers from just these paths; it is not read or updated here.

    It never lives in a server: who asks of a few files at hand has not said that they may leave the machine.
    """
    folder = documents_folder(documents)
    return Library(folder, settings=load(folder, store={"url": None}))


def check_read(library: Library, report: IndexReport) -> None:
    """Raise ReadError, with the first reason, when an add left the library without a document; LibraryEmpty if none."""
    if library.sources():
        return
    if not report.failed:
        raise LibraryEmpty("there is nothing to read in the given paths; name files, or folders that hold documents")
    first, more = report.failed[0], len(report.failed) - 1
    others = f" (and {more:,} more)" if more else ""
    raise ReadError(f"none of the documents could be read: {first.source}: {first.reason}{others}")
