"""A long command at work: its progress bar, and Ctrl-C that keeps what was finished."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from qa.cli.output import console, print_notice
from qa.display import short_path, visible
from qa.errors import QuothError
from qa.pace import STAGES, Pace

if TYPE_CHECKING:
    from rich.progress import ProgressColumn, Task
    from rich.text import Text

    from qa.library import Library
    from qa.types import IndexReport, Progress

    Work = Callable[[Callable[[Progress], None], threading.Event], IndexReport]
    """A library's add or update: what it tells its progress to, and the event that stops it."""


SAYING = ("compiling", "checking")
"""Stages of which the step is shown, which is in words."""


def run_visibly(work: Work) -> IndexReport:
    """Run the work with a progress bar on standard error where that is a terminal, until it ends or Ctrl-C stops it.

    The first Ctrl-C lets the file at hand be finished; a second one stops at once.
    """
    with cancelled_by_interrupt() as cancel, progress_bar(cancel) as show:
        try:
            return work(show, cancel)
        except QuothError:
            from qa.types import IndexReport

            if cancel.is_set():  # the terminal sends Ctrl-C to child processes too, and so one of them failed
                return IndexReport(cancelled=True)
            raise


def prepare(library: Library) -> None:
    """Load what a question needs, with a line on standard error if the model must be compiled first."""
    library.prepare(progress=_Log())


@contextmanager
def cancelled_by_interrupt() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets instead of raising KeyboardInterrupt, the first time."""
    cancel = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # only the main thread may handle signals
        yield cancel
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if cancel.is_set():
            signal.default_int_handler(number, frame)
        cancel.set()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress_bar(cancel: threading.Event | None = None) -> Iterator[Callable[[Progress], None]]:
    """What to tell progress to: a bar on standard error where that is a terminal, else a line for what takes long."""
    screen = console(sys.stderr)
    if not screen.is_terminal:
        yield _Log()
        return
    from rich import progress as bars

    with bars.Progress(*_columns(cancel or threading.Event()), console=screen, transient=True, expand=True) as bar:
        stage, pace, task = "", Pace(), bar.add_task("", total=None, at="", pace="")

        def show(progress: Progress) -> None:
            nonlocal stage, pace, task
            if progress.stage != stage:
                stage, pace = progress.stage, Pace()
                bar.remove_task(task)  # a task's total cannot be made unknown again
                task = bar.add_task(STAGES[stage], total=None, at="", pace="")
                if stage == "waiting":  # for whom, and how to stop: too long for the bar's line
                    print_notice(visible(progress.source, one_line=True))
            reading, asking = progress.stage == "reading", progress.stage == "asking"
            counted = reading or asking or progress.stage in ("checking", "indexing")
            bar.update(
                task,
                completed=progress.done,
                total=progress.total or None if counted else None,
                at=short_path(progress.source) if reading else progress.source if stage in SAYING else "",
                pace=pace.words(progress.done, progress.total) if reading or asking else "",
            )

        yield show


class _Log:
    """Where there is no bar: a line for what takes long without anything to see."""

    def __init__(self) -> None:
        self._said = ""

    def __call__(self, progress: Progress) -> None:
        if progress.stage in ("waiting", "compiling") and progress.stage != self._said:
            self._said = progress.stage
            print_notice(
                visible(progress.source if progress.stage == "waiting" else STAGES["compiling"], one_line=True)
            )


def _columns(cancel: threading.Event) -> list[ProgressColumn | str]:
    """What is being done, how far it is, and the file at hand, cut to what room is left."""
    from rich import progress as bars
    from rich.table import Column
    from rich.text import Text

    class Stage(bars.ProgressColumn):
        def render(self, task: Task) -> Text:
            thing = "question" if task.description == STAGES["asking"] else "file"
            return Text(f"stopping after this {thing}" if cancel.is_set() else task.description)

    class Field(bars.ProgressColumn):
        def __init__(self, name: str, style: str, column: Column) -> None:
            self._name, self._style = name, style
            super().__init__(column)

        def render(self, task: Task) -> Text:
            return Text(task.fields[self._name], style=self._style)

    return [
        Stage(Column(no_wrap=True)),
        bars.BarColumn(bar_width=12),
        Field("pace", "cyan", Column(no_wrap=True)),
        Field("at", "dim", Column(no_wrap=True, overflow="ellipsis", ratio=1)),
    ]
