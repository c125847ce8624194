"""What a long command shows while it works, and what Ctrl-C does to it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

import pytest

from qa import pace as pacing
from qa.cli.progress import run_visibly
from qa.errors import ModelError
from qa.types import IndexReport, Progress

Show = Callable[[Progress], None]


def work(show: Show, cancel: threading.Event) -> IndexReport:
    show(Progress("waiting", 0, 0, "indexing by process 7 since 14:02; waiting, Ctrl-C to give up"))
    show(Progress("compiling", 0, 0, "loading the model"))
    show(Progress("compiling", 0, 0, "checking it"))
    for done in range(3):
        show(Progress("reading", done, 3, f"/notes/[bold]{done}\x1b[31m.txt"))
    show(Progress("indexing", 0, 0, "", 12))
    return IndexReport(added=("/notes/a.txt",))


def test_without_a_terminal_only_long_silences_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_visibly(work).added == ("/notes/a.txt",)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "indexing by process 7 since 14:02; waiting, Ctrl-C to give up",
        "preparing the embedding model, once",
    ]


def test_on_a_terminal_there_is_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    os.environ |= {"FORCE_COLOR": "1", "NO_COLOR": "1", "COLUMNS": "80"}
    run_visibly(work)
    out, err = capsys.readouterr()
    assert out == ""
    assert "Ctrl-C to give up" in err
    assert "indexing" in err
    assert "\x1b[31m" not in err


def test_the_pace_looks_back_over_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(pacing.time, "monotonic", lambda: now)
    pace = pacing.Pace()
    assert pace.words(0, 600) == "0/600"
    now = 101.0
    assert pace.words(60, 600) == "60/600"
    now = 110.0
    assert pace.words(100, 600) == "100/600 10.0/s 0:00:50 left"
    now = 200.0
    assert pace.words(100, 600) == "100/600"


def test_the_first_interrupt_asks_to_stop_and_the_second_stops() -> None:
    before = signal.getsignal(signal.SIGINT)

    def stopped(show: Show, cancel: threading.Event) -> IndexReport:
        os.kill(os.getpid(), signal.SIGINT)
        assert cancel.wait(5)
        return IndexReport(cancelled=True)

    def stubborn(show: Show, cancel: threading.Event) -> IndexReport:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        raise AssertionError("the second one is not to be put off")

    assert run_visibly(stopped).cancelled
    with pytest.raises(KeyboardInterrupt):
        run_visibly(stubborn)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_child_that_the_interrupt_killed_is_no_error() -> None:
    def killed(show: Show, cancel: threading.Event) -> IndexReport:
        cancel.set()
        raise ModelError("the child ended")

    def failing(show: Show, cancel: threading.Event) -> IndexReport:
        raise ModelError("no model")

    assert run_visibly(killed).cancelled
    with pytest.raises(ModelError):
        run_visibly(failing)
