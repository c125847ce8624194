"""The talk of a long conversation, and of one that another chat is in as well."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Static

from qa import Answer, Conversations, Library
from qa.indexing import Indexing
from qa.locking import writing
from tests.tui.conftest import FIRST, UNKNOWN, ask, chatting, shown, wait_for, wait_until
from tui.app import QuothApp
from tui.engine import Engine
from tui.widgets.turn import PIECE

SHOWN, COUNT = 12, 60
"""Turns that are shown at once here, and those of the long conversation."""

OTTO = "Who was Otto Warmbier?"

OTHER_CHAT = """
import sys
from qa import Library

with Library(sys.argv[1]) as library:
    stored = library.conversations()
    turn = stored.ask(stored.create().id, "Who was Otto Warmbier?")
    print(turn.conversation, flush=True)
    input()
    stored.finish(turn.id, library.ask(turn.question))
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long conversation need not be as long, and no questions are looked for to begin with."""

    async def nothing(_: Engine) -> list[str]:
        return []

    monkeypatch.setattr(Engine, "starters", nothing)
    monkeypatch.setattr("tui.widgets.talk.SHOWN", SHOWN)
    monkeypatch.setattr("tui.widgets.talk.BEFORE", 3)


def long_talk(library: Path) -> tuple[int, list[int]]:
    """A stored conversation of many short turns, and their ids."""
    with Library(library) as opened:
        stored = opened.conversations()
        conversation = stored.create("Long").id
        turns = []
        for number in range(COUNT):
            question = f"Question number {number}?"
            turn = stored.ask(conversation, question)
            answer = Answer(question, question, f"Answer {number}.", "answered", 0.9)
            turns.append(stored.finish(turn.id, answer).id)
    return conversation, turns


def numbers(app: QuothApp) -> list[int]:
    """Which turns of a long talk are shown."""
    return [int(view.turn.question.split()[-1].rstrip("?")) for view in app.chat.talk.views()]


def buttons(app: QuothApp) -> list[str]:
    return [str(button.label) for button in app.chat.talk.query(Button)]


def in_view(app: QuothApp, text: str) -> bool:
    """Whether a line of the talk begins with this."""
    return any(line.startswith(text) for line in lines(app))


def at_top(app: QuothApp, text: str) -> bool:
    """Whether the first line of the talk begins with this."""
    return lines(app)[0].startswith(text)


def lines(app: QuothApp) -> list[str]:
    """The lines of the talk that are in view."""
    region = app.chat.talk.content_region
    rows = shown(app).splitlines()[region.y : region.bottom]
    return [row[region.x : region.right].strip() for row in rows]


@pytest.mark.usefixtures("unasked")
async def test_a_long_conversation_opens_around_the_turn_that_was_searched_for(library: Path) -> None:
    conversation, turns = long_talk(library)
    async with chatting(library) as (app, pilot):
        await app.chat.open_conversation(conversation, turns[20])
        await wait_until(pilot, lambda: at_top(app, "You  Question number 20?"))
        first, last = numbers(app)[0], numbers(app)[-1]
        assert first <= 20 <= last
        assert numbers(app) == [*range(first, last + 1)]
        assert len(numbers(app)) <= SHOWN
        assert buttons(app) == [f"Show {first} earlier", f"Show {COUNT - 1 - last} later"]


@pytest.mark.usefixtures("unasked")
@pytest.mark.parametrize("at", [1, COUNT - 1, None])
async def test_at_either_end_nothing_is_said_to_be_behind_it(library: Path, at: int | None) -> None:
    conversation, turns = long_talk(library)
    async with chatting(library) as (app, pilot):
        await app.chat.open_conversation(conversation, None if at is None else turns[at])
        await wait_until(pilot, lambda: in_view(app, f"You  Question number {COUNT - 1 if at is None else at}?"))
        early = at == 1
        assert buttons(app) == [f"Show {COUNT - SHOWN} {'later' if early else 'earlier'}"]
        assert len(numbers(app)) == SHOWN


@pytest.mark.usefixtures("unasked")
async def test_later_turns_come_below_what_is_read_and_earlier_ones_above_it(library: Path) -> None:
    conversation, turns = long_talk(library)
    async with chatting(library) as (app, pilot):
        talk = app.chat.talk
        await app.chat.open_conversation(conversation, turns[30])
        await wait_until(pilot, lambda: at_top(app, "You  Question number 30?"))
        first, last = numbers(app)[0], numbers(app)[-1]
        talk.scroll_end(animate=False)
        await wait_for(pilot, "later")
        assert not talk.follows_end
        later = talk.query(Button).last()
        later.focus()
        await pilot.press("enter")
        await wait_until(pilot, lambda: numbers(app) == [*range(first, last + SHOWN + 1)])
        await wait_until(pilot, lambda: buttons(app)[-1] == f"Show {COUNT - 1 - last - SHOWN} later")
        assert in_view(app, f"You  Question number {last}?")
        talk.scroll_home(animate=False)
        await wait_for(pilot, "earlier")
        await pilot.click(talk.query(Button).first())
        await wait_until(pilot, lambda: numbers(app) == [*range(first - SHOWN, last + SHOWN + 1)])
        await wait_until(pilot, lambda: in_view(app, f"You  Question number {first}?"))
        await wait_until(pilot, lambda: in_view(app, f"You  Question number {first - 1}?"))


async def test_a_new_question_brings_the_end_of_a_long_conversation_into_view(library: Path) -> None:
    conversation, turns = long_talk(library)
    async with chatting(library) as (app, pilot):
        await app.chat.open_conversation(conversation, turns[20])
        await wait_until(pilot, lambda: at_top(app, "You  Question number 20?"))
        app.chat.prompt.text = OTTO
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.chat.talk.views()[-1].turn.question == OTTO)
        await wait_until(pilot, lambda: app.chat.talk.views()[-1].turn.answer and not app.chat.busy)
        assert [view.turn.id for view in app.chat.talk.views()[:-1]] == turns[-SHOWN:]
        assert buttons(app) == [f"Show {COUNT - SHOWN} earlier"]
        await wait_until(pilot, lambda: in_view(app, f"You  {OTTO}"))


async def test_a_turn_whose_answer_came_while_it_was_not_shown_is_shown_with_it(library: Path) -> None:
    conversation, turns = long_talk(library)
    async with chatting(library) as (app, pilot):
        await app.chat.open_conversation(conversation)
        release = await hold(app)
        app.chat.prompt.text = OTTO
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.chat.asking.current)
        await app.chat.open_conversation(conversation, turns[40])
        release()
        await wait_until(pilot, lambda: not app.chat.busy)
        app.chat.talk.scroll_end(animate=False)
        await wait_for(pilot, "later")
        await pilot.click(app.chat.talk.query(Button).last())
        await wait_until(pilot, lambda: app.chat.talk.views()[-1].turn.question == OTTO)
        await wait_until(pilot, lambda: app.chat.talk.views()[-1].turn.answer)


@pytest.mark.usefixtures("unasked")
async def test_the_turn_that_was_searched_for_is_at_hand(library: Path) -> None:
    conversation, turns = long_talk(library)
    async with chatting(library, size=(100, 60)) as (app, pilot):
        await app.chat.open_conversation(conversation, turns[20])
        await wait_until(pilot, lambda: at_top(app, "You  Question number 20?"))
        assert in_view(app, "You  Question number 21?")
        await pilot.press("f8")
        assert app.chat.prompt.text == "Question number 20?"


# Another chat on the same library


@contextmanager
def another_chat(library: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Another process that has asked a question, and its conversation; a line on its input lets it answer."""
    command = [sys.executable, "-c", OTHER_CHAT, str(library)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        try:
            yield other, int(other.stdout.readline())
        finally:
            other.kill()


@pytest.mark.usefixtures("unasked")
async def test_a_question_of_another_chat_is_shown_as_such_until_it_is_answered(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        with another_chat(library) as (other, conversation):
            await app.chat.open_conversation(conversation)
            await wait_for(pilot, "being answered in another window…")
            assert other.stdin
            other.stdin.write(b"\n")
            other.stdin.flush()
            await wait_until(pilot, lambda: app.chat.talk.views()[0].turn.status == "answered")
            await wait_for(pilot, "confidence")
            assert "another window" not in shown(app)


async def test_a_question_of_another_chat_that_was_killed_is_cancelled(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        with another_chat(library) as (other, conversation):
            await app.chat.open_conversation(conversation)
            await wait_for(pilot, "being answered in another window…")
            other.kill()
            other.wait()
            await wait_for(pilot, "Cancelled before there was an answer.")
            await pilot.press("f5")
            await wait_until(pilot, lambda: app.chat.talk.views()[0].turn.status == "answered")


@pytest.mark.usefixtures("unasked")
async def test_a_conversation_that_is_deleted_in_another_chat_is_said_to_be_gone(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        with another_chat(library) as (_, conversation), Library(library) as opened:
            await app.chat.open_conversation(conversation)
            await wait_for(pilot, "being answered in another window…")
            opened.conversations().delete(conversation)
            await wait_for(pilot, "conversation was deleted")


# What was searched


async def test_an_answer_says_of_how_many_documents_it_searched(library: Path) -> None:
    async with chatting(library, size=(120, 36)) as (app, pilot):
        count = len(app.sources)
        await ask(pilot, FIRST)
        assert f"all {count} documents" in shown(app)
        await app.chat.limit(tuple(source.source for source in app.sources[:3]))
        view = await ask(pilot, OTTO)
        assert f"3 of {count} documents" in " ".join(shown_of(view))
        await app.chat.limit(("*.md",))
        view = await ask(pilot, OTTO)
        fit = sum(source.source.endswith(".md") for source in app.sources)
        assert f"{fit} of {count} documents (*.md)" in " ".join(shown_of(view))
    async with chatting(library, size=(120, 60)) as (app, pilot):
        app.chat.pane.focus_list()
        await pilot.press("enter")
        await wait_until(pilot, lambda: f"{fit} of {count} documents (*.md)" in " ".join(lines(app)))
        assert f"3 of {count} documents" in shown(app)


def shown_of(view: Any) -> list[str]:
    """The facts below a turn."""
    return [str(facts.render()) for facts in view.query(".turn-facts")]


@pytest.mark.parametrize("size", [(80, 24), (100, 30)])
async def test_an_answer_says_that_documents_were_being_added_and_so_it_does_when_it_is_opened_again(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    go, run = threading.Event(), Indexing.run

    def wait_and_run(self: Indexing, *given: Any, **named: Any) -> Any:
        go.wait(30)
        return run(self, *given, **named)

    monkeypatch.setattr(Indexing, "run", wait_and_run)
    (tmp_path / "ferry.txt").write_text("The ferry Adelheid costs nine crowns.\n")
    async with chatting(library, size=size) as (app, pilot):
        count = len(app.sources)
        app.adding.add([str(tmp_path / "ferry.txt")])
        await wait_until(pilot, lambda: (library / "lock.holder").exists())
        view = await ask(pilot, UNKNOWN)
        assert said(view) == f"all {count} documents · while documents were being added"
        await wait_until(pilot, lambda: "while documents were being added" in " ".join(lines(app)))
        go.set()
        await wait_until(pilot, lambda: not app.adding.busy)
        await app.chat.open_conversation(view.turn.conversation)
        view = app.chat.talk.views()[0]
        await wait_until(pilot, lambda: shown_of(view))
        assert "while documents were being added" in said(view)
        await pilot.press("f5")
        await wait_until(pilot, lambda: view.turn.status == "answered" and not view.doing)
        await wait_until(pilot, lambda: said(view) == f"all {count + 1} documents")


def said(view: Any) -> str:
    """The facts below a turn without how sure and how fast it was."""
    return " · ".join(" ".join(shown_of(view)).split(" · ")[2:])


async def test_another_process_that_adds_is_told_of_too(library: Path) -> None:
    async with chatting(library, size=(200, 40)) as (app, pilot):
        with writing(library):
            await ask(pilot, FIRST)
        assert "while documents were being added" in shown(app)


# The source beside it


async def test_a_source_that_was_opened_after_asking_is_left_alone_by_the_answer(library: Path) -> None:
    async with chatting(library, size=(160, 50)) as (app, pilot):
        view = await ask(pilot, FIRST)
        await wait_until(pilot, lambda: app.chat.source.place == view.places[0])
        second = await asked_and_held(app, pilot, OTTO)
        await pilot.click(view.query("PlaceRow").last())
        opened = view.places[-1]
        await wait_until(pilot, lambda: app.chat.source.place == opened)
        second()
        await answered(app, pilot, OTTO)
        assert app.chat.source.place == opened
        third = await ask(pilot, UNKNOWN)  # sent after it was opened
        await wait_until(pilot, lambda: app.chat.source.place == third.places[0])


async def asked_and_held(app: QuothApp, pilot: Pilot[int], question: str) -> Callable[[], None]:
    """Send a question that is not answered before what is returned is called."""
    release = await hold(app)
    app.chat.prompt.text = question
    app.chat.prompt.editor.focus()
    await pilot.press("enter")
    await wait_until(pilot, lambda: app.chat.asking.current)
    return release


async def answered(app: QuothApp, pilot: Pilot[int], question: str) -> None:
    """Wait until the last question is answered, and whatever follows from it is done."""
    last = app.chat.talk.views()[-1]
    assert last.turn.question == question
    await wait_until(pilot, lambda: last.turn.answer and not app.chat.busy)
    for _ in range(5):
        await pilot.pause()
    await app.engine.look(lambda library: library.name)  # the source's text would have been read before this


async def hold(app: QuothApp) -> Callable[[], None]:
    """Keep the asking lane at work until the returned function is called."""
    held = threading.Event()
    holding = asyncio.ensure_future(app.engine._asking.run(lambda: held.wait(60)))
    await asyncio.sleep(0)
    assert not holding.done()
    return held.set


# How much is read, mounted and drawn


@pytest.mark.usefixtures("unasked")
async def test_of_a_long_conversation_only_the_turns_that_are_shown_are_read(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation, turns = long_talk(library)
    read: list[int] = []
    whole = Conversations._turn

    def noted(self: Conversations, *row: Any) -> Any:
        read.append(row[0])
        return whole(self, *row)

    async with chatting(library) as (app, pilot):
        monkeypatch.setattr(Conversations, "_turn", noted)
        await app.chat.open_conversation(conversation)
        assert read == turns[-SHOWN:]
        assert numbers(app) == [*range(COUNT - SHOWN, COUNT)]
        read.clear()
        await app.chat.library_changed()
        assert read == turns[-SHOWN:]
        read.clear()
        app.chat.talk.scroll_home(animate=False)
        await wait_for(pilot, "earlier")
        await pilot.click(app.chat.talk.query(Button).first())
        await wait_until(pilot, lambda: numbers(app) == [*range(COUNT - 2 * SHOWN, COUNT)])
        assert read == turns[-2 * SHOWN : -SHOWN]


@pytest.mark.usefixtures("unasked")
async def test_a_fast_answer_is_drawn_now_and_then_and_only_its_end_anew(library: Path) -> None:
    conversation, _ = long_talk(library)
    async with chatting(library) as (app, pilot):
        await app.chat.open_conversation(conversation)
        view = app.chat.talk.views()[-1]
        view.show_doing("reading")
        await wait_for(pilot, "reading…")
        drawn: list[int] = []
        update = Static.update

        def noted(self: Static, content: Any = "", *, layout: bool = True) -> None:
            if self.has_class("doing"):
                drawn.append(len(str(content)))
            update(self, content, layout=layout)

        said = [f"word{number}{chr(10) if number % 40 == 39 else ' '}" for number in range(1000)]
        with pytest.MonkeyPatch.context() as there:
            there.setattr(Static, "update", noted)
            for number, piece in enumerate(said):
                view.write(piece)
                if number % 10 == 9:
                    await asyncio.sleep(0.005)
            await wait_until(pilot, lambda: "word999" in str(view.query(".doing").last(Static).render()))
        assert len(drawn) < len(said) / 5
        assert max(drawn) <= PIECE
        shown_now = "\n".join(str(part.render()) for part in view.query(".doing").results(Static))
        assert shown_now.split() == "".join(said).split()
        assert shown_now == "".join(said)  # it is cut where a line ends, so that nobody sees it
        view.show_doing("searching")  # as when it is asked again
        await wait_until(pilot, lambda: [str(part.render()) for part in view.query(".doing")] == ["searching…"])


async def test_an_answer_that_is_longer_than_the_view_is_shown_from_its_beginning(library: Path) -> None:
    async with chatting(library, size=(80, 24)) as (app, pilot):
        for question in ("summarise un-sanctions", "summarise about-quoth"):
            view = await ask(pilot, question)
            assert view.region.height > app.chat.talk.scrollable_content_region.height
            await wait_until(pilot, lambda question=question: at_top(app, f"You  {question}"))
        view = await ask(pilot, "thanks")
        await wait_until(pilot, lambda: in_view(app, "You  thanks"))
        assert app.chat.talk.follows_end
