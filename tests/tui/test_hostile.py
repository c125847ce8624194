"""Text from outside is never markup and never acts, wherever the chat shows it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Button

from qa import Library
from tests.tui.conftest import ask, chatting, find, shown, wait_for, wait_until
from tui.app import QuothApp
from tui.messages import PlaceOpened
from tui.place import Place
from tui.screens.confirm import Confirm
from tui.widgets import lines, source
from tui.widgets.lines import Lines

ATTACKS = ["[@click=app.quit]press[/]", "x [/] y", "[b", "\x1b]52;c;aGk=\x07", "\x1b[2J", "\x9b31m", "\u202etxt.exe"]
HOSTILE = " ".join(ATTACKS)


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A library whose documents, their names and headings are hostile."""
    folder = tmp_path / "hostile"
    folder.mkdir()
    (folder / "a [@click=app.quit]b.md").write_text(
        f"# The ferry {HOSTILE}\n\nThe ferry Adelheid {HOSTILE} was built in Bremen in 1923.\n"
    )
    (folder / "x [-] \x1b[2J.txt").write_text("Captain Brandt commanded the ferry Adelheid [/] from 1923 to 1931.\n")
    with Library(tmp_path / "library [b]") as opened:
        assert not opened.add([folder]).failed
    return tmp_path / "library [b]"


def _harmless(screen: str) -> bool:
    return not any(character in screen for character in "\x1b\x07\x9b\u202e")


def _recorded(work: Callable[..., object], at_work: list[threading.Thread]) -> Callable[..., object]:
    def recorded(*given: object) -> object:
        at_work.append(threading.current_thread())
        return work(*given)

    return recorded


def _counted(draw: Callable[[Lines, int], Strip], drawn: list[int]) -> Callable[[Lines, int], Strip]:
    def counted(lines: Lines, y: int) -> Strip:
        drawn.append(y)
        return draw(lines, y)

    return counted


async def _click_everywhere(app: QuothApp, pilot: Pilot[int], text: str) -> None:
    for row, line in enumerate(shown(app).splitlines()):
        if text in line:
            await pilot.click(offset=(line.index(text) + 1, row))
            await pilot.pause()
    assert app.is_running
    assert not app._exit


async def test_questions_answers_and_sources(hostile: Path) -> None:
    async with chatting(hostile, size=(160, 50)) as (app, pilot):
        await ask(pilot, f"Who {HOSTILE}?")
        view = await ask(pilot, "When was the ferry Adelheid built?")
        assert view.turn.status == "answered"
        await pilot.press("alt+1")
        await wait_until(pilot, lambda: app.chat.source.place)
        await pilot.pause()
        screen = shown(app)
        assert "[@click=app.quit]" in screen
        assert _harmless(screen)
        await _click_everywhere(app, pilot, "press")


async def test_titles_the_list_and_the_search(hostile: Path) -> None:
    async with chatting(hostile, size=(120, 40)) as (app, pilot):
        await ask(pilot, "[@click=app.quit]press[/] x [/] y?")
        await wait_for(pilot, "[@click=app.quit]p")
        await _click_everywhere(app, pilot, "[@click")
        await pilot.press("f6")
        await wait_for(pilot, "Search every question")
        await pilot.press(*"press")
        screen = await wait_for(pilot, "1 found")
        assert "[@click=app.quit]" in screen
        assert app.is_running


async def test_completions_scope_and_documents(hostile: Path) -> None:
    async with chatting(hostile, size=(120, 40)) as (app, pilot):
        await pilot.press("@")
        screen = await wait_for(pilot, "[@click=app.quit]b")
        assert _harmless(screen)
        await pilot.press("escape", "backspace", "f4")
        screen = await wait_for(pilot, "indexed")
        assert _harmless(screen)
        await pilot.press("escape", "f7")
        await wait_until(pilot, lambda: "[@click" in shown(app) and app.screen is not app.chat)
        assert _harmless(shown(app))


async def test_notices_errors_and_dialogs(hostile: Path) -> None:
    async with chatting(hostile, size=(120, 40)) as (app, pilot):
        app.notify(HOSTILE, title=HOSTILE)
        app.complain(HOSTILE)
        screen = await wait_for(pilot, "[@click=app.quit]press[/]")
        assert _harmless(screen)
        app.push_screen(Confirm(HOSTILE, HOSTILE, yes="[b", no="[/]"))
        await wait_until(pilot, lambda: app.screen.query(Button))
        await pilot.pause()
        assert _harmless(shown(app))
        await _click_everywhere(app, pilot, "press")


async def test_a_link_opens_only_after_a_question_that_shows_the_whole_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "https://example.org/a?x=" + "y" * 70 + "&action=app.quit"
    (tmp_path / "ferry.txt").write_text(f"The timetable of the ferry Adelheid stands at {address} since 1923.\n")
    with Library(tmp_path / "library") as opened:
        opened.add([tmp_path / "ferry.txt"])
    opened_addresses: list[str] = []
    async with chatting(tmp_path / "library", size=(150, 40)) as (app, pilot):
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "open_url", lambda url, *_: opened_addresses.append(url))
        view = await ask(pilot, "Where does the timetable of the ferry Adelheid stand?")
        assert view.turn.answer is not None
        assert address in view.turn.answer.text
        row, column = find(app, "https://", view.query_one(".answer").region)
        await pilot.click(offset=(column + 3, row))
        await wait_for(pilot, "Open this address")
        assert address.replace("\n", "") in "".join(line.strip(" │") for line in shown(app).splitlines())
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)
        assert opened_addresses == []
        await pilot.click(offset=(column + 3, row))
        await wait_for(pilot, "Open this address")
        await pilot.click("#yes")
        await wait_until(pilot, lambda: opened_addresses == [address])


@pytest.mark.parametrize(
    "text",
    ["word " * 400_000, "[" * 100_000, "\n".join("\t".join(f"c{c}" for c in range(200)) for _ in range(100))],
    ids=["a line of 2 MB", "100,000 brackets", "a table of 200 columns"],
)
async def test_of_large_texts_only_what_is_seen_is_drawn(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work: list[threading.Thread] = []
    monkeypatch.setattr(source, "excerpt", _recorded(source.excerpt, at_work))
    monkeypatch.setattr(lines, "line_starts", _recorded(lines.line_starts, at_work))
    (tmp_path / "large.txt").write_text(f"The ferry Adelheid was built in Bremen in 1923.\n{text}")
    with Library(tmp_path / "library") as opened:
        opened.add([tmp_path / "large.txt"])
        document = opened.document(tmp_path / "large.txt")
    async with chatting(tmp_path / "library", size=(120, 40)) as (app, pilot):
        place = Place("Adelheid", document.source, 10, 18, None, None, 1, document.sha256, 1)
        app.chat.post_message(PlaceOpened(place, (0, 0)))
        await wait_until(pilot, lambda: app.chat.source.place == place)
        await wait_for(pilot, "The ferry Adelheid")
        assert at_work
        assert threading.main_thread() not in at_work  # which the event loop has
        drawn: list[int] = []
        monkeypatch.setattr(Lines, "render_line", _counted(Lines.render_line, drawn))
        app.chat.source.focus()
        await pilot.press("pagedown", "end", "home")
        await wait_for(pilot, "The ferry Adelheid")
        assert set(drawn) <= set(range(40))  # lines of the screen, never of the document
