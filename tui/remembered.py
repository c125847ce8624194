"""What the chat remembers between runs that is no setting: the theme, which panes are open."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Container
from pathlib import Path
from typing import TypeVar

import platformdirs

from qa.private import make_folder, replace_file

T = TypeVar("T")

FILE = "chat.json"


class Remembered:
    """Names and plain values, in a file of the user's state folder that is always whole. Losing it loses nothing."""

    def __init__(self) -> None:
        self._file = Path(platformdirs.user_state_path("quoth", appauthor=False)) / FILE
        self._values = self._read()

    def get(self, name: str, default: T, allowed: Container[object]) -> T:
        """What was set last, if it is of the default's type and still allowed."""
        value = self._values.get(name, default)
        return value if isinstance(value, type(default)) and value in allowed else default

    def text(self, name: str) -> str:
        """The text that was set last; "" without one."""
        value = self._values.get(name, "")
        return value if isinstance(value, str) else ""

    def set(self, name: str, value: object) -> None:
        """Remember a value beside what other chats have set. A folder that takes no file is no reason to stop."""
        self._values[name] = value
        there = self._read()
        if there.get(name) == value:
            return
        with contextlib.suppress(OSError):
            self._write(there | {name: value})

    def _read(self) -> dict[str, object]:
        with contextlib.suppress(OSError, ValueError):
            read = json.loads(self._file.read_text(encoding="utf-8"))
            return read if isinstance(read, dict) else {}
        return {}

    def _write(self, values: dict[str, object]) -> None:
        make_folder(self._file.parent)
        replace_file(self._file, json.dumps(values).encode())
