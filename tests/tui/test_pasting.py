"""Texts that are pasted into the prompt: those that can be sent, and those that are too long for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from qa.questions import LONGEST
from tests.tui.conftest import Chat, chatting, shown, wait_for, wait_until
from tui.paths import MOST

MEGABYTE = "The ferry Adelheid was built in Bremen. " * 25_000


async def _refused(chat: Chat, typed: str) -> None:
    """One notice, which says what to do; what was in the prompt is there still, and can be written on and undone."""
    app, pilot = chat
    screen = await wait_for(pilot, "Nothing was pasted")
    assert "/add FILE" in screen
    assert len(app._notifications) == 1
    assert app.chat.prompt.text == typed
    app.chat.prompt.editor.focus()
    await pilot.press("!")
    assert sorted(app.chat.prompt.text) == sorted(typed + "!")


@pytest.mark.parametrize("typed", ["", "When was it built?", "first line\nsecond line", "/rename "])
async def test_a_megabyte_is_refused_at_once_and_nothing_is_lost(library: Path, typed: str) -> None:
    async with chatting(library) as chat:
        app, _ = chat
        app.chat.prompt.text = typed
        app.chat.prompt.editor.post_message(events.Paste(MEGABYTE))
        await _refused(chat, typed)


async def test_the_notice_leaves_what_is_being_typed_in_view(library: Path) -> None:
    async with chatting(library, size=(80, 24)) as chat:
        app, _ = chat
        typed = "In which of the years between the two wars was the ferry Adelheid built?"
        app.chat.prompt.text = typed
        app.chat.prompt.editor.post_message(events.Paste(MEGABYTE))
        await _refused(chat, typed)
        assert f"{typed}!" in shown(app)


async def test_it_is_refused_where_something_else_has_the_focus_too(library: Path) -> None:
    async with chatting(library) as chat:
        app, _ = chat
        app.chat.prompt.text = "Why?"
        app.chat.talk.focus()
        app.chat.talk.post_message(events.Paste(MEGABYTE))
        await _refused(chat, "Why?")


async def test_what_was_copied_in_the_chat_is_refused_too(library: Path) -> None:
    async with chatting(library) as chat:
        app, pilot = chat
        app._clipboard = MEGABYTE
        app.chat.prompt.text = "Why?"
        await pilot.press("ctrl+v")
        await _refused(chat, "Why?")


async def test_a_refused_paste_leaves_the_selection_and_one_that_fits_replaces_it(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        prompt = app.chat.prompt
        prompt.text = "x" * LONGEST
        prompt.editor.select_all()
        prompt.editor.post_message(events.Paste("y" * (LONGEST + 1)))
        await wait_for(pilot, f"{LONGEST + 1:,} characters")
        assert prompt.editor.selected_text == "x" * LONGEST
        prompt.editor.post_message(events.Paste("y" * LONGEST))
        await wait_until(pilot, lambda: prompt.text == "y" * LONGEST)


async def test_the_paths_of_many_files_are_taken_behind_add(library: Path, tmp_path: Path) -> None:
    folder = tmp_path / ("a long name " * 18).strip()
    folder.mkdir()
    paths = [folder / f"note {number}.txt" for number in range(40)]
    for path in paths:
        path.write_text(f"{path.name} is about the harbour.")
    pasted = "\n".join(map(str, paths))
    assert LONGEST < len(pasted) < MOST
    async with chatting(library) as (app, pilot):
        before = len(app.sources)
        app.chat.prompt.text = "/add "
        app.chat.prompt.editor.post_message(events.Paste(pasted))
        await wait_until(pilot, lambda: app.chat.prompt.text == f"/add {pasted}")
        await pilot.press("enter")
        await wait_until(pilot, lambda: len(app.sources) == before + 40, 120)
