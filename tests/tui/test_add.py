"""The dialog for adding: paths typed, pasted, completed, and chosen from the tree."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

import qa
from tests.tui.alone import Alone
from tests.tui.conftest import shown, wait_for, wait_until
from tui.paths import absolute, completed, exists, home_or_here, paths_in
from tui.screens.add import AddScreen, PathInput
from tui.widgets.folders import Folders

HOSTILE = "[@click=app.quit]x[|].txt"
ESCAPING = "a\x1b]52;c;aGk=\x07b.txt"
NOTHING = ("nothing",)


class Chosen:
    """What the dialog came to."""

    value: tuple[str, ...] | None = NOTHING


@pytest.fixture
def folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of files in the user's home, which is the working directory."""
    folder = home / "docs"
    (folder / "my notes").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    for name in ("one.txt", "two words.txt", HOSTILE, ESCAPING, "two\nlines.txt", os.fsdecode(b"\xff.txt")):
        (folder / name).write_text("Words.")
    monkeypatch.chdir(folder)
    return folder


@asynccontextmanager
async def opened(size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[Alone, Pilot[int], Chosen]]:
    app, chosen = Alone("./library"), Chosen()
    async with app.run_test(size=size) as pilot:
        app.push_screen(AddScreen(), lambda value: setattr(chosen, "value", value))
        await wait_for(pilot, "Add files or folders")
        await wait_until(pilot, lambda: app.screen.query_one(PathInput).has_focus)
        yield app, pilot, chosen


def value(app: Alone) -> str:
    return app.screen.query_one(Input).value


async def test_a_path_is_typed_and_completed(folder: Path) -> None:
    async with opened() as (app, pilot, chosen):
        await pilot.press(*"~/docs/my")
        await wait_for(pilot, "~/docs/my notes/")
        await pilot.press("tab")
        await wait_until(pilot, lambda: value(app) == "~/docs/my notes/")
        assert app.screen.query_one(PathInput).has_focus
        await pilot.press("enter")
        await wait_until(pilot, lambda: chosen.value == (str(folder / "my notes"),))


async def test_tab_goes_as_far_as_the_names_agree_and_shows_them(folder: Path) -> None:
    (folder / "minutes-2024").mkdir()
    (folder / "minutes-2025").mkdir()
    async with opened() as (app, pilot, _):
        await pilot.press(*"~/docs/mi")
        await wait_for(pilot, "~/docs/minutes-202")
        await pilot.press("tab")
        await wait_until(pilot, lambda: value(app) == "~/docs/minutes-202")
        await pilot.press("tab")
        await wait_for(pilot, "minutes-2024/  minutes-2025/")
        assert app.screen.query_one(PathInput).has_focus
        await pilot.press("tab")
        await wait_until(pilot, lambda: app.screen.query_one(Folders).has_focus)


async def test_the_tree_follows_what_is_typed_and_not_what_it_chose(folder: Path) -> None:
    (folder / "my notes" / "deep.txt").write_text("Words.")
    async with opened() as (app, pilot, _):
        tree = app.screen.query_one(Folders)
        await pilot.press(*"~/docs/my", "space", *"notes/")
        await wait_until(pilot, lambda: str(tree.path) == str(folder / "my notes"))
        screen = await wait_for(pilot, "└──   deep.txt")
        row = next(number for number, line in enumerate(screen.splitlines()) if "└──   deep.txt" in line)
        await pilot.click(offset=(screen.splitlines()[row].index("deep.txt"), row))
        await wait_until(pilot, lambda: value(app) == str(folder / "my notes" / "deep.txt"))
        await pilot.press("tab")
        assert str(tree.path) == str(folder / "my notes")


async def test_a_folder_that_was_unfolded_is_added(folder: Path) -> None:
    async with opened() as (app, pilot, chosen):
        screen = await wait_for(pilot, "my notes")
        row = next(number for number, line in enumerate(screen.splitlines()) if "my notes" in line)
        await pilot.click(offset=(screen.splitlines()[row].index("▸", 1), row))
        await wait_until(pilot, lambda: app.screen.query_one(Folders).chosen)
        assert not value(app)
        await pilot.click("#add-well")
        await wait_until(pilot, lambda: chosen.value == (str(folder / "my notes"),))


async def test_its_own_keys_are_below_and_help_is_about_them(folder: Path) -> None:
    async with opened() as (app, pilot, _):
        assert "esc Cancel" in (await wait_for(pilot, "F1 Help")).splitlines()[-1]
        await pilot.press("f1")
        await wait_for(pilot, "Esc closes")
        assert "Add" in shown(app)
        await pilot.press("escape")
        await wait_until(pilot, lambda: isinstance(app.screen, AddScreen))


async def test_what_does_not_exist_is_said_and_the_text_stays(folder: Path) -> None:
    async with opened() as (app, pilot, chosen):
        await pilot.press("enter")
        await wait_for(pilot, "Give a path, or choose one below")
        await pilot.press(*"/no/[b]x[/]")
        await wait_until(pilot, lambda: "Give a path" not in shown(app))
        await pilot.press("enter")
        await wait_for(pilot, "There is no /no/[b]x[/]")
        assert value(app) == "/no/[b]x[/]"
        assert chosen.value == NOTHING
        await pilot.press("escape")
        await wait_until(pilot, lambda: chosen.value is None)


async def test_several_pasted_lines_are_several_paths(folder: Path) -> None:
    async with opened() as (app, pilot, chosen):
        text = f"{folder}/one.txt\n\n'{folder}/two words.txt'\r\nfile://{folder}/my%20notes\n"
        app.screen.query_one(PathInput).post_message(events.Paste(text))
        await wait_until(pilot, lambda: value(app).endswith("notes'"))
        await pilot.press("enter")
        wanted = tuple(str(folder / name) for name in ("one.txt", "two words.txt", "my notes"))
        await wait_until(pilot, lambda: chosen.value == wanted)


async def test_a_paste_of_far_too_much_is_refused_and_loses_nothing(folder: Path) -> None:
    async with opened() as (app, pilot, chosen):
        line = app.screen.query_one(PathInput)
        line.value = f"{folder}/one.txt"
        await pilot.pause()  # a change takes back what was complained of
        line.post_message(events.Paste("no path at all\n" * 70_000))
        await wait_for(pilot, "Nothing was pasted")
        assert line.value == f"{folder}/one.txt"
        await pilot.press("enter")
        await wait_until(pilot, lambda: chosen.value == (f"{folder}/one.txt",))


async def test_what_is_pasted_reaches_the_terminal_as_text(folder: Path) -> None:
    async with opened() as (app, pilot, _):
        app.screen.query_one(PathInput).post_message(events.Paste("x\x1b]52;c;aGk=\x07\x9b\u202ey\udcffz"))
        screen = await wait_for(pilot, "x␦]52;c;aGk=␦␦␦y␦z")
        assert not {"\x1b", "\x07", "\x9b", "\u202e", "\udcff"} & set(screen)
        await pilot.press("enter")
        assert not {"\x1b", "\x07", "\x9b"} & set(await wait_for(pilot, "There is no x"))


@pytest.mark.parametrize("mouse", [False, True])
async def test_a_file_is_chosen_from_the_tree(folder: Path, mouse: bool) -> None:
    async with opened() as (app, pilot, chosen):
        screen = await wait_for(pilot, "two words.txt")
        assert "hidden" not in screen
        row = next(number for number, line in enumerate(screen.splitlines()) if "two words.txt" in line)
        if mouse:
            await pilot.click(offset=(screen.splitlines()[row].index("two words"), row))
        else:
            app.screen.query_one(Folders).focus()
            top = next(number for number, line in enumerate(screen.splitlines()) if "▾" in line)
            await pilot.press(*["down"] * (row - top), "enter")
        await wait_until(pilot, lambda: value(app).endswith("two words.txt"))
        await pilot.click("#add-well")
        await wait_until(pilot, lambda: chosen.value == (str(folder / "two words.txt"),))


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        (HOSTILE, HOSTILE),
        (ESCAPING, "a␛]52;c;aGk=␇b.txt"),
        ("two\nlines.txt", "two␊lines.txt"),
        (os.fsdecode(b"\xff.txt"), "\\xff.txt"),
    ],
)
async def test_names_in_the_tree_are_text_and_can_be_chosen(folder: Path, name: str, drawn: str) -> None:
    async with opened() as (app, pilot, chosen):
        screen = await wait_for(pilot, drawn)
        assert not {"\x1b", "\x07", "\udcff"} & set(screen)
        row = next(number for number, line in enumerate(screen.splitlines()) if drawn in line)
        await pilot.click(offset=(screen.splitlines()[row].index(drawn) + 3, row))
        await wait_until(pilot, lambda: value(app).endswith(name))
        assert not {"\x1b", "\x07", "\udcff"} & set(shown(app))
        await pilot.click("#add-well")
        await wait_until(pilot, lambda: chosen.value == (str(folder / name),))


async def test_a_folder_that_cannot_be_read_is_no_harm(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.iterdir

    def refuse(path: Path):  # type: ignore[no-untyped-def]
        if path.name == "my notes":
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    async with opened() as (app, pilot, _):
        screen = await wait_for(pilot, "my notes")
        row = next(number for number, line in enumerate(screen.splitlines()) if "my notes" in line)
        await pilot.click(offset=(screen.splitlines()[row].index("my notes"), row))
        await wait_until(pilot, lambda: value(app).endswith("my notes"))
        assert app.is_running


async def test_the_folder_above_and_the_samples(folder: Path) -> None:
    async with opened() as (app, pilot, chosen):
        await wait_for(pilot, "one.txt")
        await pilot.click("#add-above")
        await wait_until(pilot, lambda: Path(app.screen.query_one(Folders).path) == folder.parent)
        await wait_until(pilot, lambda: "one.txt" not in shown(app))
        await pilot.click("#add-samples")
        await wait_until(pilot, lambda: chosen.value == (str(qa.sample_corpus()),))


def test_paths_are_read_as_people_give_them(folder: Path) -> None:
    home = folder.parent
    assert paths_in("one.txt") == ("one.txt",)
    assert paths_in("~/docs/one.txt") == (f"{home}/docs/one.txt",)
    assert paths_in(f"  {folder}/two words.txt ") == (f"{folder}/two words.txt",)
    assert paths_in(f'"{folder}/two words.txt" {folder}/one.txt') == (f"{folder}/two words.txt", f"{folder}/one.txt")
    assert paths_in(f"{folder}/two\\ words.txt") == (f"{folder}/two words.txt",)
    assert paths_in("file:///a%20b/c file://localhost/d") == ("/a b/c", "/d")
    assert paths_in("file://elsewhere/d") == ("file://elsewhere/d",)
    assert paths_in("/no such/file here.txt") == ("/no such/file here.txt",)
    assert paths_in("it's.txt") == ("it's.txt",)
    assert paths_in(" \n ") == ()
    assert paths_in("a\0b") == ("a\0b",)
    for path in folder.iterdir():
        assert paths_in(str(path)) == (str(path),)


@pytest.mark.parametrize(
    "text",
    ["~nosuchuser/x", "~a\0b/c", "x" * 300, "/" * 5000, "'", '"a', "a\\", "file:", "file://[x", "\ud800", "~\ud800/x"],
)
def test_whatever_is_typed_is_a_path_at_worst(folder: Path, text: str) -> None:
    assert all(isinstance(path, str) for path in paths_in(text))
    assert not exists("~nosuchuser/x")
    completed(text)


async def test_a_working_directory_that_is_gone_is_no_harm(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = folder / "gone"
    gone.mkdir()
    async with opened() as (_, pilot, chosen):
        monkeypatch.chdir(gone)
        gone.rmdir()
        assert home_or_here() == folder.parent
        assert absolute("x") == "x"
        await pilot.press(".", "enter")
        await wait_until(pilot, lambda: chosen.value == (".",))


def test_without_a_home_there_is_the_root(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert home_or_here() == folder


def test_names_are_completed(folder: Path) -> None:
    assert completed("on") == "one.txt"
    assert completed("~/do") == "~/docs/"
    assert completed("./my") == "./my notes/"
    assert completed("one.txt") is None
    assert completed(".h") == ".hidden/"
    assert completed("") is None
    assert completed("/no/such/folder/x") is None
    assert completed("a\0") is None
    assert completed("o") == "one.txt"
    assert completed("tw") == "two words.txt"
    assert completed("a") is None  # a name that cannot be drawn is not offered
