"""Conversations: kept, opened, named, deleted, exported, searched, limited to documents, and marked when stale."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from textual.widgets import Input

from qa import Library
from tests.tui.conftest import FIRST, UNKNOWN, ask, chatting, shown, wait_for, wait_until

OTTO = "Who was Otto Warmbier?"


async def test_a_conversation_is_found_again_after_a_restart(library: Path) -> None:
    async with chatting(library) as (_, pilot):
        view = await ask(pilot, FIRST)
        before = view.turn.answer
    async with chatting(library) as (app, pilot):
        assert FIRST[:12] in shown(app)
        app.chat.pane.focus_list()
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.chat.talk.views())
        assert app.chat.talk.views()[0].turn.answer == before
        assert app.chat.prompt.editor.has_focus
        view = await ask(pilot, OTTO)
        assert len(app.chat.talk.views()) == 2


async def test_a_click_opens_a_conversation_and_the_open_one_is_marked(library: Path) -> None:
    async with chatting(library, size=(120, 36)) as (app, pilot):
        await ask(pilot, FIRST)
        await pilot.press("ctrl+n")
        await wait_until(pilot, lambda: not app.chat.talk.views())
        await ask(pilot, OTTO)
        await wait_for(pilot, "> Who was Otto")
        await pilot.click("#conversation-list", offset=(5, 1))
        await wait_for(pilot, "> When did Donald")
        assert app.chat.talk.views()[0].turn.question == FIRST


async def test_renaming(library: Path) -> None:
    async with chatting(library, size=(120, 36)) as (app, pilot):
        await ask(pilot, FIRST)
        app.chat.prompt.text = "/rename The [b]first[/] meeting"
        await pilot.press("enter")
        await wait_for(pilot, "The [b]first[/]")
        app.chat.pane.focus_list()
        await pilot.press("r")
        await wait_for(pilot, "The new title")
        app.screen.query_one(Input).value = "Singapore"
        await pilot.press("enter")
        await wait_for(pilot, "> Singapore")
        assert app.chat.session.title == "Singapore"


async def test_deleting_asks_first_and_is_for_good(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await ask(pilot, FIRST)
        await pilot.press("f2", "delete")
        await wait_for(pilot, "Delete this conversation for good?")
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)
        assert app.chat.talk.views()
        app.chat.prompt.text = "/delete"
        app.chat.prompt.editor.focus()
        await pilot.press("enter")
        await wait_for(pilot, "Delete this conversation for good?")
        await pilot.click("#yes")
        await wait_until(pilot, lambda: not app.chat.talk.views())
        with Library(library) as opened:
            assert opened.conversations().list() == []


@pytest.mark.parametrize("name", ["talk.md", "talk.json", ""])
async def test_exporting(library: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    monkeypatch.chdir(folder)
    async with chatting(library) as (app, pilot):
        await ask(pilot, FIRST)
        app.chat.prompt.text = f"/export {name}"
        await pilot.press("enter")
        await wait_for(pilot, "Exported to")
        (file,) = folder.iterdir()
        text = file.read_text()
        if name.endswith("json"):
            assert json.loads(text)["turns"][0]["answer"]["question"] == FIRST
        else:
            assert "[^1]" in text
        app.chat.prompt.text = f"/export {name or file.name}"
        await pilot.press("enter")
        await wait_for(pilot, "exists already")
        assert file.read_text() == text


async def test_searching_opens_at_the_hit(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await ask(pilot, OTTO)
        await ask(pilot, UNKNOWN)
        await pilot.press("ctrl+n")
        await ask(pilot, FIRST)
        await pilot.press("f6")
        await wait_for(pilot, "Search every question")
        await pilot.press(*"warmb")
        await wait_for(pilot, "1 found")
        await pilot.press("enter")
        await wait_until(pilot, lambda: [v.turn.question for v in app.chat.talk.views()] == [OTTO, UNKNOWN])
        await pilot.press("f6")
        await wait_for(pilot, "Search every question")
        await pilot.press(*"zebra")
        await wait_for(pilot, "Nothing was found")
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)


async def test_the_scope_belongs_to_the_conversation(library: Path) -> None:
    async with chatting(library, size=(120, 36)) as (app, pilot):
        await ask(pilot, FIRST)
        app.chat.prompt.text = "/scope *hanoi*"
        await pilot.press("enter")
        await wait_for(pilot, "Documents like *hanoi*")
        view = await ask(pilot, OTTO)
        assert view.turn.where == ("*hanoi*",)
        assert view.turn.status == "not_found"
        await pilot.press("ctrl+n")
        app.chat.prompt.text = "/scope all"
        await pilot.press("enter")
        await wait_for(pilot, "All documents")
        await ask(pilot, OTTO)
        await pilot.click("#conversation-list", offset=(5, 1))
        await wait_for(pilot, "Documents like *hanoi*")


async def test_a_scope_that_fits_nothing_is_refused(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        app.chat.prompt.text = "/scope *.nothing"
        await pilot.press("enter")
        await wait_for(pilot, "No document fits")
        assert app.chat.session.where == ()


async def test_an_answer_whose_file_has_changed_is_stale(tmp_path: Path) -> None:
    note = tmp_path / "ferry.txt"
    note.write_text("The ferry Adelheid was built in Bremen in 1923.\n")
    with Library(tmp_path / "library") as opened:
        opened.add([note])
    async with chatting(tmp_path / "library") as (_, pilot):
        await ask(pilot, "When was the ferry Adelheid built?")
    note.write_text("The ferry Adelheid was built in Kiel in 1931.\n")
    os.utime(note, ns=(1, 1))
    async with chatting(tmp_path / "library", size=(150, 36)) as (app, pilot):
        app.chat.pane.focus_list()
        await pilot.press("enter")
        await wait_for(pilot, "stale: ferry.txt has changed since")
        note.unlink()
        app.chat.pane.focus_list()
        await pilot.press("enter")
        await wait_for(pilot, "stale: ferry.txt is no longer on the disk")


async def test_what_was_asked_when_the_chat_was_killed_is_shown_as_cancelled(library: Path) -> None:
    import subprocess
    import sys

    program = (
        "import os, sys; from qa import Library; stored = Library(sys.argv[1]).conversations();"
        "stored.ask(stored.create().id, 'Who?'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", program, str(library)], check=False, timeout=60)
    async with chatting(library) as (app, pilot):
        app.chat.pane.focus_list()
        await pilot.press("enter")
        await wait_for(pilot, "Cancelled before there was an answer")
        assert "ask again" in shown(app)


async def test_a_question_sent_just_before_a_new_conversation_stays_in_the_old_one(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await ask(pilot, FIRST)
        old = app.chat.session.id
        app.chat.prompt.text = OTTO
        await pilot.press("enter", "ctrl+n")
        await wait_until(pilot, lambda: app.chat.session.id is None and not app.chat.talk.views())
        view = await ask(pilot, UNKNOWN)
        assert view.turn.conversation != old
        with Library(library) as opened:
            stored = opened.conversations()
            assert old is not None
            assert [turn.question for turn in stored.turns(old)] == [FIRST, OTTO]
            assert all(turn.answer for turn in stored.turns(old))


async def test_renaming_while_another_one_is_opened(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        first = (await ask(pilot, FIRST)).turn.conversation
        await pilot.press("ctrl+n")
        await wait_until(pilot, lambda: not app.chat.talk.views())
        second = (await ask(pilot, OTTO)).turn.conversation
        app.chat.do(app.chat._rename(second, "Otto"))
        app.chat.do(app.chat.open_conversation(first))
        await wait_until(pilot, lambda: [view.turn.question for view in app.chat.talk.views()] == [FIRST])
        assert app.chat.session.id == first


async def test_asking_again_after_a_change_takes_the_mark_away_and_a_failure_is_shown_beside_the_answer(
    tmp_path: Path,
) -> None:
    note = tmp_path / "ferry.txt"
    note.write_text("The ferry Adelheid was built in Bremen in 1923.\n")
    with Library(tmp_path / "library") as opened:
        opened.add([note])
    async with chatting(tmp_path / "library", size=(150, 36)) as (app, pilot):
        view = await ask(pilot, "When was the ferry Adelheid built?")
        note.write_text("The ferry Adelheid was built in Kiel in 1931.\n")
        os.utime(note, ns=(1, 1))
        app.adding.update()
        await wait_for(pilot, "stale: ferry.txt")
        await pilot.press("f5")
        await wait_until(pilot, lambda: view.turn.answer and "1931" in view.turn.answer.text and not view.doing)
        await wait_until(pilot, lambda: "stale" not in shown(app))
        app.adding.remove([str(note)])
        await wait_until(pilot, lambda: not app.sources)
        await pilot.press("f5")
        await wait_for(pilot, "Asking again failed")
        assert "1931" in shown(app)


async def test_deleting_closes_the_source(library: Path) -> None:
    async with chatting(library, size=(120, 36)) as (app, pilot):
        await ask(pilot, FIRST)
        await pilot.press("alt+1")
        await wait_until(pilot, lambda: app.chat.source.place)
        app.chat.do(app.chat._delete(app.chat.session.id))  # type: ignore[arg-type]
        await wait_until(pilot, lambda: app.chat.source.place is None)
