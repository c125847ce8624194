"""Adding, updating and removing documents: one work after the other, and how far the one at hand is."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.signal import Signal

from qa.pace import STAGES, Pace
from tui.faults import said
from tui.messages import LibraryChanged
from tui.paths import exists
from tui.reports import added, documents, followed, removed, removed_with_quotes

if TYPE_CHECKING:
    from qa import Failure, IndexReport, Library, Progress
    from qa.types import OnProgress
    from tui.app import QuothApp

LONG = 5.0
"""Seconds at one file after which they are counted on the line: a long text is still being read."""

MOMENT = 0.1
"""Seconds between two looks at the progress: oftener, nobody reads it, and drawing it takes time from the work."""


@dataclass(frozen=True, slots=True)
class _Job:
    """begun: what the line says before there is progress. done: the report in words. stops: whether it can stop."""

    begun: str
    run: Callable[[Library, OnProgress, threading.Event], IndexReport]
    done: Callable[[IndexReport], str]
    stops: bool = True


class Adding:
    """What changes the library: adding, updating, removing. One of them at a time; further ones wait their turn."""

    def __init__(self, app: QuothApp) -> None:
        """app: whose engine does the work, and who is told with LibraryChanged when it is done."""
        self._app = app
        self._jobs: deque[_Job] = deque()
        self._job: _Job | None = None
        self._cancel = threading.Event()
        self._heard: Progress | None = None
        self._due = False
        self._pace, self._stage = Pace(), ""
        self._since = 0.0  # when the progress that was heard last was heard
        self.standing, self.at = "", ""
        """How far the work at hand is, in words, and the file that it is at."""
        self.reports: list[IndexReport] = []
        """What the adds and updates since the chat was opened did, the last at the end."""
        self._changed: set[Path] = set()  # what is to be looked at again, since files changed
        self._failed: dict[str, Failure] = {}
        self._notices: dict[str, None] = {}
        self.moved: Signal[None] = Signal(app, "adding moved")
        """Published when the work begins, goes on (at most once in a MOMENT), and ends."""
        self.interrupted = False
        """Whether the chat was left while something was at work."""
        self.ended: Signal[None] = Signal(app, "adding ended")
        """Published when the library may hold other documents."""

    @property
    def busy(self) -> bool:
        """Whether something is at work or waits."""
        return self._job is not None or bool(self._jobs)

    @property
    def failed(self) -> tuple[Failure, ...]:
        """The files that were left out since the chat was opened, and have not been read since."""
        return tuple(self._failed.values())

    @property
    def notices(self) -> tuple[str, ...]:
        """What else there was to know since the chat was opened, each once."""
        return tuple(self._notices)

    @property
    def stops(self) -> bool:
        """Whether what is at work can be cancelled, and has not been."""
        return self._job is not None and self._job.stops and not self._cancel.is_set()

    def add(self, paths: Sequence[str]) -> None:
        """Add files and folders."""
        given = tuple(paths)
        self._queue(_Job("adding", lambda library, say, stop: library.add(given, progress=say, cancel=stop), added))

    def update(self) -> None:
        """Look again at everything that was added."""
        self._queue(_Job("updating", lambda library, say, stop: library.update(progress=say, cancel=stop), added))

    def follow(self, roots: Iterable[Path]) -> None:
        """Look again at these of what was added, in which files changed; say so where something came of it."""
        self._changed.update(roots)
        if not any(job.done is followed for job in self._jobs):
            self._queue(_Job("taking in what changed", self._take_in, followed))

    def _take_in(self, library: Library, say: OnProgress, stop: threading.Event) -> IndexReport:
        """On the thread that works; what is there to be said is what was not said before."""
        from qa import IndexReport, watching

        roots = [self._changed.pop() for _ in range(len(self._changed))]
        report = library.update(roots, progress=say, cancel=stop) if roots else IndexReport()
        return watching.news(report, {source: f.reason for source, f in self._failed.items()}, self._notices)

    def remove(self, sources: Sequence[str], *, quotes: bool = False) -> None:
        """Take documents out of the library; their files stay. This cannot be cancelled.

        quotes: take what answers hold of them out as well.
        """
        given, done = tuple(sources), removed_with_quotes if quotes else removed

        def work(library: Library, say: OnProgress, stop: threading.Event) -> IndexReport:
            return library.remove(given, quotes=quotes, progress=say, cancel=stop)

        self._queue(_Job(f"removing {documents(len(given))}", work, done, False))

    def cancel(self) -> None:
        """Stop the work at hand after its file; what is finished is kept."""
        if self.stops:
            self._cancel.set()
            self._show()

    # At work

    def _queue(self, job: _Job) -> None:
        self._jobs.append(job)
        if self._job is None:
            self._app.run_worker(self._work, group="adding")  # type: ignore[arg-type]  # see Lines
        else:
            self._show()

    async def _work(self) -> None:
        while self._jobs and self._job is None:
            self._job = job = self._jobs.popleft()
            self._cancel, self._heard, self._stage = threading.Event(), None, ""
            self._since = time.monotonic()
            self._show()
            ticking, changed = self._app.set_interval(1.0, self._show), True
            try:
                changed = await self._do(job)
            except asyncio.CancelledError:  # the chat is left
                self._cancel.set()
                self.interrupted = True
                raise
            except Exception as error:
                self._app.complain(said(error))
            finally:
                ticking.stop()
                self._job = None
                if changed:
                    self._app.post_message(LibraryChanged())
            if changed:
                self.ended.publish(None)
            self.moved.publish(None)

    async def _do(self, job: _Job) -> bool:
        """Whether anything came of it."""
        cancel, loop = self._cancel, asyncio.get_running_loop()

        def say(progress: Progress) -> None:
            """Called by the thread that works, for every file: it leaves a note and goes on."""
            self._heard, self._since = progress, time.monotonic()
            if not self._due:
                self._due = True
                with contextlib.suppress(RuntimeError):  # the chat was left
                    loop.call_soon_threadsafe(loop.call_later, MOMENT, self._show)

        report = await self._app.engine.write(lambda library: job.run(library, say, cancel))
        if job.done is added:
            self.reports.append(report)
        await self._keep(report)
        if words := job.done(report):
            self._app.notify(words, severity="warning" if report.failed else "information")
        return bool(words)

    async def _keep(self, report: IndexReport) -> None:
        """Failures stay until their file is read, or found to be as it was, or gone."""
        done = {*report.added, *report.updated, *report.unchanged, *report.removed}
        self._failed |= {failure.source: failure for failure in report.failed}
        left = await asyncio.to_thread(lambda: {name for name in self._failed if name not in done and exists(name)})
        self._failed = {name: failure for name, failure in self._failed.items() if name in left}
        self._notices |= dict.fromkeys(report.notices)

    def _show(self) -> None:
        self._due = False
        if self._job:
            self.standing, self.at = self._words(self._job)
            self.moved.publish(None)

    def _words(self, job: _Job) -> tuple[str, str]:
        progress, more = self._heard, f", {len(self._jobs)} more waiting" if self._jobs else ""
        if self._cancel.is_set():
            return f"stopping after this file{more}", progress.source if progress else ""
        if progress is None:
            return job.begun + more, ""
        if progress.stage != self._stage:
            self._stage, self._pace = progress.stage, Pace()
        stage = STAGES[progress.stage]
        if progress.stage == "reading":
            here = time.monotonic() - self._since
            long = f", {here:.0f} s at this file" if here >= LONG else ""
            return f"{stage} {self._pace.words(progress.done, progress.total)}{long}{more}", progress.source
        about = progress.source.partition(";")[0]  # behind it stands how to stop waiting at the command line
        return f"{stage}{': ' if about else ''}{about}{more}", ""
