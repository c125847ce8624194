"""What the chat remembers, when there are two of them and when the disk is full."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tui.remembered import Remembered


def files(home: Path) -> list[Path]:
    return list(home.glob("state/**/chat.json*"))


def test_two_chats_keep_what_the_other_one_set(home: Path) -> None:
    one, other = Remembered(), Remembered()
    one.set("theme", "light")
    other.set("source", False)
    (file,) = files(home)
    assert json.loads(file.read_text()) == {"theme": "light", "source": False}
    other.set("theme", "dark")
    one.set("theme", "light")  # the last one who chose
    assert json.loads(file.read_text()) == {"theme": "light", "source": False}


def test_a_full_disk_leaves_the_file_whole_and_nothing_beside_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = Remembered()
    chat.set("theme", "light")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    chat.set("theme", "dark")
    assert chat.get("theme", "light", {"light", "dark"}) == "dark"
    (file,) = files(home)
    assert json.loads(file.read_text()) == {"theme": "light"}
