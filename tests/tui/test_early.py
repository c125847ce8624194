"""What is typed while the chat is starting, in a real terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qa import Library

pytestmark = pytest.mark.slow

FIRST, SECOND = "Who saved eleven maps?", "When was Bartholomew born?"


@contextmanager
def starting(library: Path, typed: str, after: float) -> Iterator[None]:
    """A chat that is starting, with this typed so many seconds after its process began; 0: before."""
    terminal, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    if not after:
        os.write(terminal, typed.encode())
    chat = subprocess.Popen(
        [sys.executable, "-m", "qa", "--library", str(library)],
        stdin=there,
        stdout=there,
        stderr=there,
        start_new_session=True,
    )
    os.close(there)
    threading.Thread(target=_read_all, args=(terminal,), daemon=True).start()
    try:
        if after:
            time.sleep(after)
            os.write(terminal, typed.encode())
        yield
    finally:
        chat.kill()
        chat.wait()


def _read_all(terminal: int) -> None:
    """Take what is drawn, or the chat would wait for room to draw."""
    try:
        while os.read(terminal, 1 << 16):
            pass
    except OSError:  # the chat has ended
        os.close(terminal)


def asked(library: Path, count: int) -> list[str]:
    """The questions that are stored, in their order, once there are so many."""
    deadline = time.monotonic() + 60
    while True:
        with Library(library) as opened:
            stored = opened.conversations()
            questions = [turn.question for one in stored.list() for turn in stored.turns(one.id)]
        if len(questions) >= count or time.monotonic() > deadline:
            return questions
        time.sleep(0.2)


@pytest.mark.parametrize("after", [0, 0.1, 0.3, 0.6, 0.9, 1.3, 2.0])
def test_enter_sends_from_the_first_moment_on(library: Path, after: float) -> None:
    with starting(library, f"{FIRST}\r", after):
        assert asked(library, 1) == [FIRST]
        time.sleep(0.5)  # which it would take to be sent once more
        assert asked(library, 1) == [FIRST]


@pytest.mark.parametrize("after", [0.2, 0.8])
def test_two_questions_come_in_their_order(library: Path, after: float) -> None:
    with starting(library, f"{FIRST}\r{SECOND}\r", after):
        assert asked(library, 2) == [FIRST, SECOND]
