"""What tests of the chat share: the app on a library, and waiting for what a user would see."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen

from qa import Library
from tui.app import QuothApp
from tui.engine import Engine
from tui.widgets.turn import TurnView

SIZE = (100, 30)
"""Columns and rows, where a test does not care."""

MODULES = set[str]()
"""Those whose objects are frozen: see `closed`."""

HOSTILE = "[@click=app.quit]x[|].txt"
ESCAPING = "a\x1b]52;c;aGk=\x07b.txt"


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


@pytest.fixture
def unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is loaded for answers, where a test asks nothing."""

    async def nothing(*_: Any) -> list[str]:
        return []

    monkeypatch.setattr(Engine, "prepare", nothing)
    monkeypatch.setattr(Engine, "starters", nothing)


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every engine of the test is closed behind it: each holds a model, files and threads."""
    engines: list[Engine] = []
    make = Engine.__init__

    def making(self: Engine, *given: Any, **more: Any) -> None:
        make(self, *given, **more)
        engines.append(self)

    monkeypatch.setattr(Engine, "__init__", making)
    yield
    for engine in engines:
        engine.close(10)
    engines.clear()
    gc.collect()
    if {*sys.modules} != MODULES:  # what was imported stays, and need not be looked through after every test
        MODULES.update(sys.modules)
        gc.freeze()


Chat = tuple[QuothApp, Pilot[int]]

FIRST = "When did Donald Trump and Kim Jong Un first meet?"
UNKNOWN = "What does the ferry Adelheid cost?"


@asynccontextmanager
async def chatting(library: Path | None, *paths: str, size: tuple[int, int] = SIZE) -> AsyncIterator[Chat]:
    """The chat over a library, once its engine is loaded."""
    app = QuothApp(str(library) if library else None, paths)
    async with app.run_test(size=size, notifications=True) as pilot:
        await wait_until(pilot, lambda: "document" in str(app.chat.query_one("TopBar").facts))  # type: ignore[attr-defined]
        await wait_until(pilot, lambda: not app.chat.busy)
        yield app, pilot


async def ask(pilot: Pilot[int], question: str) -> TurnView:
    """Put a question into the prompt, send it, and wait for what comes of it."""
    app: Any = pilot.app
    before = len(app.chat.talk.views())
    app.chat.prompt.editor.focus()
    app.chat.prompt.text = question
    await pilot.press("enter")
    await wait_until(pilot, lambda: len(app.chat.talk.views()) > before)
    view: TurnView = app.chat.talk.views()[-1]
    await wait_until(pilot, lambda: view.turn.status != "asked" and not view.doing)
    await pilot.pause()
    return view


def find(app: QuothApp, text: str, region: Region) -> tuple[int, int]:
    """The row and column of the screen where a text first stands in a region of it."""
    for row, line in enumerate(shown(app).splitlines()):
        if region.y <= row < region.bottom and text in line[region.x : region.right]:
            return row, line.index(text, region.x)
    raise AssertionError(f"no {text!r} in:\n{shown(app)}")


@pytest.fixture
def notes(library: Path, tmp_path: Path) -> Path:
    """A folder of notes that the library holds too."""
    folder = tmp_path / "notes"
    (folder / "2024").mkdir(parents=True)
    (folder / "2025").mkdir()
    for year in ("2024", "2025"):
        (folder / year / "minutes.txt").write_text(f"The minutes of {year} are about the harbour.")
    (folder / HOSTILE).write_text("Words [@click=app.quit]that[/] are x [/] y.")
    (folder / ESCAPING).write_text("Other words.")
    with Library(library) as opened:
        opened.add([folder])
    return folder


@pytest.fixture
def no_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing that could open a file: its whole path is told instead."""
    monkeypatch.setenv("PATH", str(tmp_path / "no programs"))
    for name in ("PAGER", "VISUAL", "EDITOR", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
