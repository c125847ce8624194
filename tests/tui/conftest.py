"""What tests of the chat share: the app on a library, and waiting for what a user would see."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from tui.app import QuothApp

SIZE = (100, 30)
"""Columns and rows, where a test does not care."""


@pytest.fixture
def library(sample_library: Path, tmp_path: Path) -> Path:
    """The folder of a library of the test's own that holds the sample corpus."""
    return Path(shutil.copytree(sample_library, tmp_path / "library"))


async def wait_until(pilot: Pilot[int], condition: Callable[[], object], seconds: float = 30) -> None:
    """Go on once the condition holds; fail with what is on the screen if it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"still not so, with this on the screen:\n{shown(pilot.app)}"
        await pilot.pause()
        await asyncio.sleep(0.01)


def shown(app: QuothApp | object) -> str:
    """The characters on the screen, line by line."""
    screen: Screen[object] = app.screen  # type: ignore[attr-defined]
    return "\n".join("".join(segment.text for segment in strip) for strip in screen._compositor.render_strips())


async def wait_for(pilot: Pilot[int], text: str, seconds: float = 30) -> str:
    """The screen, once it shows this text."""
    await wait_until(pilot, lambda: text in shown(pilot.app), seconds)
    return shown(pilot.app)
