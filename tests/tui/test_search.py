"""Searching everything that was ever asked. The answers are stored ones; nothing is embedded."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from qa import Conversations
from tests.tui.conftest import chatting, shown, wait_for, wait_until
from tests.tui.scenes import Stage

pytestmark = pytest.mark.usefixtures("unasked")

TELESCOPE = "Who paid for the telescope?"


@pytest.fixture
def stage(library: Path) -> Stage:
    """Two questions of one conversation."""
    stage = Stage(library)
    conversation = stage.answered("Where is it?", "On a hill.")
    stage.stored.rename(conversation, "The observatory")
    turn = stage.stored.ask(conversation, TELESCOPE)
    answer = stage.stored.turns(conversation)[0].answer
    assert answer
    stage.stored.finish(turn.id, answer)
    return stage


async def test_a_hit_in_an_answer_stands_under_its_question_and_one_in_a_question_over_the_title(stage: Stage) -> None:
    async with chatting(stage.folder) as (_, pilot):
        await pilot.press("f6", *"hill")
        screen = await wait_for(pilot, "2 found")
        rows = [line.strip(" │┃█▁▂▃▄▅▆▇▊▎") for line in screen.splitlines()]
        questions = [row for row in rows if row.startswith(("Where is it?  ", f"{TELESCOPE}  "))]
        assert len(questions) == 2
        assert all(row.endswith("· answer") for row in questions)
        await pilot.press("ctrl+u", *"telescope")
        screen = await wait_for(pilot, "1 found")
        assert TELESCOPE in screen
        assert "question · in “The observatory”" in screen


async def test_enter_before_the_results_opens_the_first_of_them_when_they_come(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chatting(stage.folder) as (app, pilot):
        held = asyncio.Event()
        look = app.engine.look

        async def slowly(work):  # type: ignore[no-untyped-def]
            await held.wait()
            return await look(work)

        monkeypatch.setattr(app.engine, "look", slowly)
        await pilot.press("f6", *"telescope", "enter")
        await pilot.pause()
        assert "Search every question" in shown(app)
        held.set()
        await wait_until(pilot, lambda: app.screen is app.chat and app.chat.talk.views())
        assert app.chat.talk._sought == app.chat.talk.views()[1].turn.id


def test_of_parts_that_hold_as_many_of_the_words_the_question_is_shown(stage: Stage) -> None:
    kept: Conversations = stage.stored
    turn = kept.ask(kept.create().id, "Which telescope?")
    answer = next(turn.answer for turn in kept.turns(1) if turn.answer)
    kept.finish(turn.id, replace(answer, text="The telescope and the telescopes."))
    hit = next(hit for hit in kept.search("telescope") if hit.turn == turn.id)
    assert (hit.part, hit.question) == ("question", "Which telescope?")
