"""A program on a pseudo-terminal, for tests that must see every byte it writes: a terminal would have obeyed them."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Sequence
from typing import Any

_MODE = re.compile(rb"\x1b\[\?([\d;]+)([hl])")
_SEQUENCE = re.compile(rb"\x1b(\[[0-?]*[ -/]*[@-~]|[\]P^_][^\x07\x1b]*(\x07|\x1b\\)|[ -/]*[0-~])")


class PseudoTerminal:
    """A pseudo-terminal with one program on it, whose bytes are all kept. Use it in a `with`."""

    def __init__(self, command: Sequence[str], columns: int = 100, rows: int = 30, **options: Any) -> None:
        """options: those of subprocess.Popen."""
        self._ours, self._theirs = pty.openpty()
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(self._theirs)
        self.written = b""
        self.process = subprocess.Popen(
            command, stdin=self._theirs, stdout=self._theirs, stderr=self._theirs, start_new_session=True, **options
        )
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def __enter__(self) -> PseudoTerminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._theirs)  # which ends the reading
        self._reading.join(10)
        os.close(self._ours)

    def _read(self) -> None:
        while True:
            try:
                read = os.read(self._ours, 65536)
            except OSError:  # nobody has the other side open any more
                return
            if not read:
                return
            self.written += read

    def press(self, keys: str) -> None:
        """Send these bytes as keys."""
        os.write(self._ours, keys.encode())

    def wait_for(self, text: str, seconds: float = 60) -> None:
        """Wait until this has been written, whatever sequences stand between its characters."""
        deadline = time.monotonic() + seconds
        while text not in self.text():
            assert time.monotonic() < deadline, f"no {text!r} in:\n{self.text()[-2000:]}"
            assert self.process.poll() is None, f"it ended ({self.process.returncode}):\n{self.text()[-2000:]}"
            time.sleep(0.05)

    def ended(self, seconds: float = 60) -> int:
        """The program's exit code, once it has ended and all that it wrote has been read."""
        code = self.process.wait(seconds)
        deadline, before = time.monotonic() + 10, -1
        while len(self.written) != before and time.monotonic() < deadline:
            before = len(self.written)
            time.sleep(0.2)
        return code

    def text(self, start: int = 0) -> str:
        """What was written from there on, without sequences that a terminal obeys."""
        return _SEQUENCE.sub(b"", self.written[start:]).decode(errors="replace")

    def modes(self) -> dict[int, bool]:
        """The terminal's private modes (DECSET) that were set or reset, and whether each is set now."""
        found: dict[int, bool] = {}
        for numbers, letter in _MODE.findall(self.written):
            found |= dict.fromkeys(map(int, numbers.split(b";")), letter == b"h")
        return found

    def attributes(self) -> list[Any]:
        """The settings of the line, as termios gives them; `before` has those of the beginning."""
        return termios.tcgetattr(self._theirs)
