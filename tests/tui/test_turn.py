"""What a turn says of itself, and which turn the keys act on. The answers are stored ones; nothing is embedded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Button

from qa import Answer
from tests.conftest import CORPUS
from tests.tui.conftest import chatting, shown, wait_for, wait_until
from tests.tui.scenes import METROPOLE, SEAFOOD, SINGAPORE, YONGBYON, Stage
from tui.app import QuothApp

FERRY = "What does the ferry Adelheid cost?"
ALONE = (98, 36)
"""Columns and rows of a screen on which the talk has the whole width."""

HANOI, SANCTIONS = (str(CORPUS / name) for name in ("2019-hanoi-summit.md", "un-sanctions.txt"))

pytestmark = pytest.mark.usefixtures("unasked")


@pytest.fixture
def stage(library: Path) -> Stage:
    return Stage(library)


def in_talk(app: QuothApp, text: str) -> bool:
    region = app.chat.talk.region
    return any(text in line[region.x : region.right] for line in shown(app).splitlines())


# What was searched


@pytest.mark.parametrize(
    ("where", "title", "searched"),
    [
        ((), "Not found in your documents", "all 15 documents"),
        ((HANOI,), "Not found in 2019-hanoi-summit.md", "1 of 15 documents (2019-hanoi-summit.md)"),
        (
            (HANOI, SANCTIONS),
            "Not found in 2019-hanoi-summit.md or un-sanctions.txt",
            "2 of 15 documents (2019-hanoi-summit.md, un-sanctions.txt)",
        ),
        ((HANOI, SANCTIONS, "/x/a.txt"), "Not found in the 3 documents searched", "3 of 15 documents"),
        (("*.md",), "Not found in *.md", "1 of 15 documents (*.md)"),
    ],
)
async def test_not_found_is_said_of_what_was_searched(
    stage: Stage, where: tuple[str, ...], title: str, searched: str
) -> None:
    conversation = stage.not_found(FERRY, SEAFOOD, where=where)
    async with chatting(stage.folder, size=ALONE) as (app, pilot):
        await app.chat.open_conversation(conversation)
        await wait_until(pilot, lambda: in_talk(app, title))
        assert in_talk(app, f" · {searched}  ")
        if not where:
            assert not app.chat.talk.query(Button)


async def test_a_question_shows_the_documents_that_it_was_limited_to(stage: Stage) -> None:
    conversation = stage.not_found(FERRY, where=(HANOI,))
    async with chatting(stage.folder, size=ALONE) as (app, pilot):
        await app.chat.open_conversation(conversation)
        await wait_until(pilot, lambda: in_talk(app, f"You  @2019-hanoi-summit.md {FERRY}"))


async def test_what_was_not_found_in_a_document_is_asked_of_all_of_them(stage: Stage) -> None:
    conversation = stage.not_found(FERRY, where=(HANOI,))
    async with chatting(stage.folder) as (app, pilot):
        await app.chat.open_conversation(conversation)
        await app.chat.limit((HANOI,))
        await wait_for(pilot, "Ask all documents")
        await pilot.click(".ask-all")
        await wait_until(pilot, lambda: len(app.chat.talk.views()) == 2)
        turn = app.chat.talk.views()[-1].turn
        assert (turn.question, turn.where, app.chat.session.where) == (FERRY, (), (HANOI,))


async def test_the_chip_names_one_or_two_documents(stage: Stage) -> None:
    async with chatting(stage.folder) as (app, pilot):
        await app.chat.limit((HANOI,))
        await wait_for(pilot, "Only 2019-hanoi-summit.md ▾")
        await app.chat.limit((HANOI, SANCTIONS))
        await wait_for(pilot, "Only 2019-hanoi-summit.md and un-sanctions.txt ▾")
        await app.chat.limit(tuple(source.source for source in app.sources[:3]))
        await wait_for(pilot, "3 of 15 documents ▾")


async def test_a_follow_up_says_how_it_was_understood_and_another_question_does_not(stage: Stage) -> None:
    asked = "And  the second\ntime?", "When did they [b]first[/] meet?"
    conversation = stage.stored.create().id
    for question, understood in ((asked[0], f"And the second time? ({asked[1]})"), (asked[1], asked[1] + "\n")):
        turn = stage.stored.ask(conversation, question)
        stage.stored.finish(turn.id, Answer(question, understood, "In Hanoi.", "answered", 0.9))
    async with chatting(stage.folder, size=ALONE) as (app, pilot):
        await app.chat.open_conversation(conversation)
        await wait_for(pilot, "understood as: And the second time? (When did they [b]first[/] meet?)")
        assert shown(app).count("understood as") == 1


# Which turn the keys act on


def long_talk(stage: Stage) -> tuple[int, list[int]]:
    """A conversation of ten answers of two citations each, of which a small screen shows two, and its turns."""
    made = stage.stored.turns(stage.answered("Question?", "One [1]. Two [2].", METROPOLE, YONGBYON))[0].answer
    assert made
    conversation, turns = stage.stored.create().id, []
    for number in range(10):
        question = f"Question {number}?"
        turn = stage.stored.ask(conversation, question)
        turns.append(stage.stored.finish(turn.id, replace(made, question=question, standalone_question=question)).id)
    return conversation, turns


async def test_citation_keys_act_on_what_is_in_view(stage: Stage) -> None:
    conversation, turns = long_talk(stage)
    async with chatting(stage.folder, size=(120, 24)) as (app, pilot):
        await app.chat.open_conversation(conversation)
        await wait_until(pilot, lambda: in_talk(app, "Question 9?"))
        app.chat.talk.scroll_home(animate=False)
        await wait_until(pilot, lambda: in_talk(app, "Question 0?"))
        await pilot.press("alt+1")
        await wait_until(pilot, lambda: app.chat.at)
        assert app.chat.at is not None
        seen = [number for number in range(10) if in_talk(app, f"Question {number}?")]
        assert app.chat.at == (turns[seen[-1]], 0)
        assert 9 not in seen
        app.chat.talk.scroll_end(animate=False)
        await wait_until(pilot, lambda: in_talk(app, "Question 9?"))
        await pilot.press("f8")
        assert app.chat.prompt.text == "Question 9?"
        await pilot.press("alt+p")  # what is open is out of view
        await wait_until(pilot, lambda: app.chat.at == (turns[9], 1))


async def test_stepping_goes_on_from_a_searched_turn_and_stops_at_the_ends(stage: Stage) -> None:
    conversation, turns = long_talk(stage)
    async with chatting(stage.folder, size=(120, 24)) as (app, pilot):
        await app.chat.open_conversation(conversation, turns[7])
        await wait_until(pilot, lambda: in_talk(app, "Question 7?"))
        for at in [(turn, number) for turn in turns[7:] for number in (0, 1)]:
            await pilot.press("alt+n")
            await wait_until(pilot, lambda at=at: app.chat.at == at)
            assert app.chat.talk.sees(app.chat.talk.view(at[0]))  # type: ignore[arg-type]
        await pilot.press("alt+n")
        await wait_for(pilot, "No further citation is shown.")
        assert app.chat.at == (turns[9], 1)
        await app.chat.open_conversation(conversation, turns[0])
        await wait_until(pilot, lambda: in_talk(app, "Question 0?"))
        await pilot.press("alt+1", "alt+p")
        await wait_for(pilot, "No earlier citation is shown.")
        assert app.chat.at == (turns[0], 0)


async def test_a_searched_turn_without_citations_is_where_stepping_begins(stage: Stage) -> None:
    first = stage.answered("First?", "One [1].", SINGAPORE)
    sought = stage.stored.ask(first, "Sought?")
    stage.stored.finish(sought.id, Answer("Sought?", "Sought?", "Nothing.", "not_found", 0.1))
    async with chatting(stage.folder) as (app, pilot):
        await app.chat.open_conversation(first, sought.id)
        await wait_until(pilot, lambda: in_talk(app, "Sought?"))
        await pilot.press("alt+n")
        await wait_for(pilot, "No further citation is shown.")
        await pilot.press("alt+p")
        await wait_until(pilot, lambda: app.chat.at and app.chat.at[0] == sought.id - 1)
