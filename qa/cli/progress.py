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
from qa.types import IndexReport, Progress

if TYPE_CHECKING:
    from rich.progress import ProgressColumn, Task
    from rich.text import Text

STAGES = {
    "waiting": "waiting",
    "compiling": "preparing the embedding model, once",
    "reading": "reading",
    "indexing": "indexing",
}
"""What a stage is called on the screen."""

Work = Callable[[Callable[[Progress], None], threading.Event], IndexReport]
"""A library's add or update: what it tells its progress to, and the event that stops it."""


def run_visibly(work: Work) -> IndexReport:
    """Run the work with a progress bar on standard error where that is a terminal, until it ends or Ctrl-C stops it.

    The first Ctrl-C lets the file at hand be finished; a second one stops at once.
    """
    with _cancelled_by_interrupt() as cancel, progress_bar(cancel) as show:
        try:
            return work(show, cancel)
        except QuothError:
            if cancel.is_set():  # the terminal sends Ctrl-C to child processes too, and so one of them failed
                return IndexReport(cancelled=True)
            raise


@contextmanager
def _cancelled_by_interrupt() -> Iterator[threading.Event]:
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
        task = bar.add_task("", total=None, at="")
        stage = ""

        def show(progress: Progress) -> None:
            nonlocal stage
            if progress.stage != stage:
                stage = progress.stage
                bar.reset(task, description=STAGES[stage])
            total = progress.total if progress.stage == "reading" and progress.total else None
            at = short_path(progress.source) if progress.stage == "reading" else visible(progress.source, one_line=True)
            bar.update(task, completed=progress.done, total=total, at=at)

        yield show


class _Log:
    """Where there is no terminal: a line for what takes long without anything to see."""

    def __init__(self) -> None:
        self._said = ""

    def __call__(self, progress: Progress) -> None:
        if progress.stage in ("waiting", "compiling") and progress.stage != self._said:
            self._said = progress.stage
            print_notice(
                visible(progress.source if progress.stage == "waiting" else STAGES["compiling"], one_line=True)
            )


def _columns(cancel: threading.Event) -> list[ProgressColumn | str]:
    """What is being done, how far it is, files a second, time left, and the file at hand cut to what room is left."""
    from rich import progress as bars
    from rich.table import Column
    from rich.text import Text

    class Stage(bars.ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text("stopping after this file" if cancel.is_set() else task.description)

    class Counted(bars.ProgressColumn):
        def render(self, task: Task) -> Text:
            if task.total is None:
                return Text("")
            rate = f" {task.speed:.1f}/s" if task.speed else ""
            return Text(f"{int(task.completed)}/{int(task.total)}{rate}", style="cyan")

    class File(bars.ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(str(task.fields["at"]), style="dim")

    one_line = Column(no_wrap=True)
    return [
        Stage(table_column=one_line),
        bars.BarColumn(bar_width=14),
        Counted(table_column=Column(no_wrap=True)),
        bars.TimeRemainingColumn(compact=True, elapsed_when_finished=True),
        File(table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1)),
    ]
