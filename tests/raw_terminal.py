"""A pseudo-terminal of which every byte is kept, for tests of what a real terminal would have been told."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time


class RawTerminal:
    """A program in a pseudo-terminal, and every byte that it wrote."""

    def __init__(self, code: str, columns: int = 150, rows: int = 40) -> None:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", code], stdin=theirs, stdout=theirs, stderr=theirs, env=environment, close_fds=True
        )
        os.close(theirs)
        self._ours = ours
        self.raw = b""

    def wait_for(self, text: str, seconds: float = 90) -> int:
        """Read until this was written since the last key; where it stands in the bytes."""
        deadline = time.monotonic() + seconds
        while (found := self.raw.find(text.encode(), self._since)) < 0:
            if (ended := self._process.poll()) is not None:
                while self._read(0.1):
                    pass
            assert ended is None, f"the program ended with {ended}:\n{self.raw[-9000:]!r}"
            assert time.monotonic() < deadline, f"no {text!r} in:\n{self.raw[-9000:]!r}"
            self._read(0.1)
        return found

    def writes(self, data: bytes, seconds: float) -> bool:
        """Whether this is written since the last key, within so many seconds."""
        deadline = time.monotonic() + seconds
        while self.raw.find(data, self._since) < 0 and time.monotonic() < deadline:
            self._read(0.1)
        return self.raw.find(data, self._since) >= 0

    _since = 0

    def press(self, keys: bytes) -> None:
        """Send keys, as a terminal does."""
        self._since = len(self.raw)
        os.write(self._ours, keys)

    def click(self, column: int, row: int) -> None:
        """Click with the left button."""
        self.press(b"\x1b[<0;%d;%dM\x1b[<0;%d;%dm" % (column, row, column, row))

    def wait(self) -> int:
        """The exit code, with all that was written until then."""
        deadline = time.monotonic() + 60
        while self._process.poll() is None:
            assert time.monotonic() < deadline, "the program goes on"
            self._read(0.1)
        while self._read(0.1):
            pass
        return self._process.returncode

    def close(self) -> None:
        """End it."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._ours)

    def _read(self, seconds: float) -> bool:
        ready = select.poll()  # select itself knows no descriptor above 1,023
        ready.register(self._ours, select.POLLIN)
        if not ready.poll(int(1000 * seconds)):
            return False
        with contextlib.suppress(OSError):  # the other end is closed
            if data := os.read(self._ours, 65536):
                self.raw += data
                return True
        return False
