"""A real terminal (tmux), for tests of what a person meets."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from pathlib import Path


class Terminal:
    """A terminal with a shell in it, in which `quoth` is the command."""

    def __init__(self, folder: Path, columns: int = 80, rows: int = 24) -> None:
        """folder: the shell's working directory, in which the terminal keeps its socket."""
        self._socket = str(folder / "tmux")
        environment = {name: os.environ[name] for name in os.environ if name in ("HOME", "PATH") or "XDG" in name}
        variables = [f"{name}={value}" for name, value in environment.items()]
        size = ("-x", str(columns), "-y", str(rows))
        self._tmux("-f", os.devnull, "new-session", "-d", *size, "env", *variables, "bash", "--norc")
        self.type(f"PS1='$ '; cd {shlex.quote(str(folder))}; quoth() {{ {sys.executable} -m qa \"$@\"; }}; clear")

    def _tmux(self, *arguments: str) -> str:
        return subprocess.check_output(["tmux", "-S", self._socket, *arguments], text=True)

    def type(self, text: str) -> None:
        """Type a line."""
        self._tmux("send-keys", "-l", text)
        self.press("Enter")

    def send(self, text: str) -> None:
        """Send these characters as they stand: no Enter behind them, and an escape sequence is one."""
        self._tmux("send-keys", "-l", text)

    def click(self, text: str) -> None:
        """Click on the middle of a text that is on the screen, as a terminal with a mouse tells it (SGR)."""
        lines = self._tmux("capture-pane", "-p").splitlines()
        row = next(number for number, line in enumerate(lines) if text in line)
        at = f"0;{lines[row].index(text) + len(text) // 2 + 1};{row + 1}"
        self.send(f"\x1b[<{at}M\x1b[<{at}m")

    def press(self, key: str) -> None:
        """Press a key by tmux's name for it."""
        self._tmux("send-keys", key)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size."""
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def screen(self) -> str:
        """What is to be seen, with lines that the terminal broke put together."""
        return self._tmux("capture-pane", "-p", "-J")

    def wait_for(self, text: str) -> str:
        """The screen, once it shows this."""
        deadline = time.monotonic() + 60
        while text not in (shown := self.screen()):
            assert time.monotonic() < deadline, f"no {text!r} in:\n{shown}"
            time.sleep(0.1)
        return shown

    def close(self) -> None:
        """End the terminal and all that runs in it."""
        self._tmux("kill-server")
