"""A terminal that goes away without sending the chat a SIGHUP that ends it."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qa import Library
from tests.tui.conftest import FIRST

pytestmark = pytest.mark.slow


def _uncontrolling() -> None:
    """Nothing: a session of its own has no controlling terminal yet (setsid)."""


def _ignoring() -> None:
    """The terminal controls the chat, which does not heed its SIGHUP (nohup)."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def _read_until(terminal: int, text: str) -> None:
    """Read what is drawn until this is among it."""
    deadline, seen = time.monotonic() + 60, b""
    while text.encode() not in seen:
        assert time.monotonic() < deadline, seen[-2000:]
        seen += os.read(terminal, 1 << 16)


def _of_session(session: int) -> list[str]:
    """The processes of a session that have not ended."""
    listed = subprocess.run(["ps", "-o", "stat=,args=", "-s", str(session)], capture_output=True, text=True).stdout
    return [line for line in listed.splitlines() if not line.startswith("Z")]


@pytest.mark.parametrize("begun", [_uncontrolling, _ignoring], ids=["setsid", "nohup"])
def test_the_chat_ends_with_all_its_processes_and_loses_nothing(
    library: Path, tmp_path: Path, begun: Callable[[], None], record_property: Callable[[str, object], None]
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(300):  # HTML, so that a process of their own reads them
        text = " ".join(f"Sentence {line} of page {number} is about the ferry." for line in range(200))
        (folder / f"page {number:03}.html").write_text(f"<p>{text}</p>")
    terminal, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 36, 120, 0, 0))
    chat = subprocess.Popen(
        [sys.executable, "-m", "qa", "chat", "--library", str(library), str(folder)],
        stdin=there,
        stdout=there,
        stderr=there,
        start_new_session=True,
        preexec_fn=begun,
    )
    try:
        os.close(there)
        _read_until(terminal, "/300 ")
        os.write(terminal, f"{FIRST}\r".encode())
        _read_until(terminal, "You")
        assert len(_of_session(chat.pid)) > 1
        os.close(terminal)
        chat.wait(15)  # it went on for ever, and took a whole processor
    finally:
        chat.kill()
    deadline = time.monotonic() + 15
    while left := _of_session(chat.pid):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)
    with Library(library) as opened:
        (conversation,) = opened.conversations().list()
        (turn,) = opened.conversations().turns(conversation.id)
        sources = opened.sources()
        assert all(opened.text(source.source) for source in sources)
    assert turn.question == FIRST
    record_property("documents lost", max(15 - len(sources), 0))
    assert len(sources) >= 15
