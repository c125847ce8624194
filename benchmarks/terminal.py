"""A pseudo-terminal with one process in it: what is typed goes in, what comes out is looked for, never shown."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from pathlib import Path

COLUMNS, ROWS = 120, 36


class Terminal:
    """A terminal of 120 by 36 with a process in it.

    began: when it was started. output: all that it wrote.
    """

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.began = time.perf_counter()
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # it ends with the terminal, if this does
        )
        os.close(slave)
        self.output = bytearray()

    def read(self, seconds: float) -> bool:
        """Take what the process writes within this time; False if that is nothing."""
        ready, _, _ = select.select([self._master], [], [], max(seconds, 0))
        if not ready:
            return False
        try:
            self.output += os.read(self._master, 1 << 16)
        except OSError:  # it ended
            raise SystemExit(f"the process ended: {bytes(self.output[-500:])!r}") from None
        return True

    def wait_for(self, text: str, seconds: float = 120) -> float:
        """The seconds since the start at which this stood in the output."""
        wanted, at, deadline = text.encode(), 0, time.perf_counter() + seconds
        while self.output.find(wanted, at) < 0:
            at = max(len(self.output) - len(wanted), 0)
            if not self.read(0.1) and time.perf_counter() > deadline:
                raise SystemExit(f"no {text!r} within {seconds} s in: {bytes(self.output[-2000:])!r}")
        return time.perf_counter() - self.began

    def press(self, text: str) -> None:
        """Write keys."""
        os.write(self._master, text.encode())

    def close(self) -> None:
        """End the process, and everything that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        os.close(self._master)


@contextlib.contextmanager
def opened(command: list[str], environment: dict[str, str]) -> Iterator[Terminal]:
    """A terminal that is closed in any case."""
    terminal = Terminal(command, environment)
    try:
        yield terminal
    finally:
        terminal.close()


def memory_of(process: int, name: str = "VmRSS") -> float:
    """A figure of /proc/PID/status, in MB: what is resident now, or at most so far (VmHWM)."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:")), 0.0)


def descendants(process: int) -> list[int]:
    """The processes that a process started, and those that they started."""
    of = [int(child) for file in Path(f"/proc/{process}/task").glob("*/children") for child in file.read_text().split()]
    return of + [below for child in of for below in descendants(child)]
