"""Files that change under the chat: answers are marked, the source is read anew, and what is unread is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual import events

from qa import Answer, Citation, Library
from tests.tui.conftest import chatting, shown, wait_for, wait_until

pytestmark = pytest.mark.usefixtures("unasked")

OLD = "The ferry Adelheid was built in Bremen in 1923."
NEW = "The ferry Adelheid was built in Kiel in 1931."


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A folder that the library beside it holds, with a stored answer from its only note."""
    folder = tmp_path / "notes"
    folder.mkdir()
    note = folder / "ferry.txt"
    note.write_text(f"{OLD}\n")
    with Library(tmp_path / "library") as opened:
        opened.add([folder])
        sha = opened.document(note).sha256
        cited = Citation(1, OLD, str(note), None, None, 1, 0, len(OLD), sha, True)
        stored = opened.conversations()
        turn = stored.ask(stored.create().id, "When?")
        stored.finish(turn.id, Answer("When?", "When?", f"{OLD} [1]", "answered", 0.9, (cited,)))
    return folder


def change(note: Path) -> None:
    note.write_text(f"{NEW}\n")
    os.utime(note, ns=(1, 1))


@pytest.mark.parametrize("way", ["documents", "terminal"])
async def test_an_answer_is_marked_and_its_source_read_anew_once_its_file_has_changed(notes: Path, way: str) -> None:
    async with chatting(notes.parent / "library", size=(150, 36)) as (app, pilot):
        await app.chat.open_conversation(1)
        await pilot.press("alt+1")
        await wait_until(pilot, lambda: app.chat.source.place)
        change(notes / "ferry.txt")
        if way == "documents":  # were shown, and are left again
            await pilot.press("f4")
            await wait_for(pilot, "1 file changed on disk")
            await pilot.press("escape")
        else:
            app.post_message(events.AppFocus())
        await wait_for(pilot, "stale: ferry.txt has changed since")
        assert "Kiel" not in shown(app)
        app.adding.update()
        await wait_for(pilot, "in Kiel in")  # in the source pane; the answer has the old words
        await wait_for(pilot, "The document has changed since")
        assert app.chat.talk.views()[0].turn.answer


async def test_files_that_an_interrupted_add_left_unread_are_said_when_the_chat_opens(notes: Path) -> None:
    (notes / "left.txt").write_text("The ferry Berta is older.")
    async with chatting(notes.parent / "library") as (app, pilot):
        await wait_for(pilot, "1 file in your folders is not read yet")
        await pilot.press("f4")
        await wait_for(pilot, "1 file not read yet: u or click to read it")
        await pilot.press("u")
        await wait_until(pilot, lambda: len(app.sources) == 2)
        await wait_until(pilot, lambda: "or click to read" not in shown(app))
