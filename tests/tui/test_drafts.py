"""What was typed is not lost: by leaving, nor by a command that was refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.conftest import chatting, wait_for, wait_until

pytestmark = pytest.mark.usefixtures("unasked")


async def test_a_prompt_that_was_not_sent_is_there_when_the_chat_is_opened_again(
    library: Path, tmp_path: Path, home: Path
) -> None:
    async with chatting(library) as (app, pilot):
        await pilot.press(*"half a [b]", "ctrl+q")
    async with chatting(tmp_path / "another") as (app, _):
        assert app.chat.prompt.text == ""
    async with chatting(library) as (app, pilot):
        assert app.chat.prompt.text == "half a [b]"
        app.chat.prompt.text = "/help"
        await pilot.press("enter")
        await wait_for(pilot, "Esc closes")
    async with chatting(library) as (app, _):
        assert app.chat.prompt.text == ""
    (file,) = home.glob("state/**/chat.json")
    assert file.stat().st_mode & 0o077 == 0
    assert "half" not in file.read_text()


async def test_a_path_that_does_not_exist_leaves_its_line_to_be_mended(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        app.chat.prompt.text = "/add /nowhere/at/all"
        await pilot.press("enter")
        await wait_for(pilot, "There is no /nowhere/at/all")
        assert app.chat.prompt.text == "/add /nowhere/at/all"
        await wait_until(pilot, lambda: not app.adding.busy)


async def test_a_folder_that_does_not_exist_is_said_when_exporting(library: Path, tmp_path: Path) -> None:
    from qa import Library

    with Library(library) as opened:
        stored = opened.conversations()
        conversation = stored.create("Ferries").id
        stored.cancel(stored.ask(conversation, "When?").id)
    async with chatting(library, size=(160, 36)) as (app, pilot):
        await app.chat.open_conversation(conversation)
        await app.chat.session.export(conversation, str(tmp_path / "well.md"))
        app.chat.prompt.text = "/export nowhere/out.json"
        await pilot.press("enter")
        await wait_for(pilot, "There is no folder nowhere; make it, or name another")
        assert (tmp_path / "well.md").exists()


async def test_an_export_says_the_whole_path_of_its_file(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa import Library

    with Library(library) as opened:
        stored = opened.conversations()
        conversation = stored.create("Ferries").id
    monkeypatch.chdir(tmp_path)
    async with chatting(library) as (app, _):
        assert await app.chat.session.export(conversation, "") == str(tmp_path / "Ferries.md")
        monkeypatch.setenv("HOME", str(tmp_path))
        assert await app.chat.session.export(conversation, "") == "~/Ferries 2.md"
