"""Asking in the chat, as a person at the keyboard or the mouse meets it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.widgets import Button

from qa import Library
from tests.tui.conftest import FIRST, SIZE, UNKNOWN, ask, chatting, find, shown, wait_for, wait_until
from tui.app import QuothApp
from tui.widgets.place_row import PlaceRow


async def test_a_question_is_answered_and_its_citation_opens_by_key(library: Path) -> None:
    async with chatting(library, size=(120, 36)) as (app, pilot):
        view = await ask(pilot, FIRST)
        assert view.turn.answer is not None
        assert "Singapore" in shown(app)
        assert "confidence" in shown(app)
        assert "[1]" in shown(app)
        await pilot.press("alt+1")
        place = view.places[0]
        await wait_until(pilot, lambda: app.chat.source.place == place)
        await wait_for(pilot, Path(place.source).name)


async def test_an_index_that_is_not_used_is_said_when_the_chat_opens(library: Path) -> None:
    next(library.glob("index-*/chroma.sqlite3")).unlink()
    async with chatting(library, size=(120, 36)) as (app, pilot):
        await wait_for(pilot, "quoth rebuild")
        await ask(pilot, FIRST)
        assert "Singapore" in shown(app)


async def test_the_mark_in_the_answer_is_alive(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        view = await ask(pilot, FIRST)
        row, column = find(app, "[1]", view.query_one(".answer").region)
        await pilot.click(offset=(column + 1, row))
        await wait_until(pilot, lambda: app.chat.source.place == view.places[0])


async def test_a_citation_is_reached_by_tab_and_opened_by_enter(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        view = await ask(pilot, FIRST)
        for _ in range(20):
            await pilot.press("shift+tab")
            if isinstance(app.focused, PlaceRow):
                break
        assert isinstance(app.focused, PlaceRow)
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.chat.source.place in view.places)


async def test_a_number_alone_opens_a_citation_outside_the_prompt_and_is_text_inside(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        view = await ask(pilot, FIRST)
        await pilot.press("1")
        assert app.chat.prompt.text == "1"
        app.chat.talk.focus()
        await pilot.press("1")
        await wait_until(pilot, lambda: app.chat.source.place == view.places[0])


async def test_next_and_previous_citation(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await ask(pilot, FIRST)
        places = [row.place for row in app.chat.talk.rows()]
        assert len(places) > 1
        await wait_until(pilot, lambda: app.chat.source.place == places[0])
        await pilot.press("alt+n")
        await wait_until(pilot, lambda: app.chat.source.place == places[1])
        await pilot.press("alt+p")
        await wait_until(pilot, lambda: app.chat.source.place == places[0])


async def test_not_found_says_why_and_shows_the_nearest_passages(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        view = await ask(pilot, UNKNOWN)
        screen = shown(app)
        assert view.turn.status == "not_found"
        assert "Not found in your documents" in screen
        assert "“Adelheid”" in screen
        assert "nearest passages" in screen
        await pilot.press("alt+2")
        await wait_until(pilot, lambda: app.chat.source.place == view.places[1])


async def test_a_question_that_fails_is_a_card_with_the_reason_and_retry_answers_it(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        source = next(one.source for one in app.sources if "singapore" in one.source)
        await app.chat.limit((source,))
        with Library(library) as other:
            other.remove([source])
            view = await ask(pilot, FIRST)
            assert view.turn.status == "failed"
            assert "could not be answered" in shown(app)
            assert "No document of the library fits" in " ".join(shown(app).split())
            other.add([source])
        await pilot.click(view.query_one(Button))
        await wait_until(pilot, lambda: view.turn.status == "answered")
        await wait_for(pilot, "confidence")


async def test_questions_queue_and_are_answered_in_their_order(library: Path) -> None:
    app = QuothApp(str(library))
    async with app.run_test(size=SIZE) as pilot:
        questions = [FIRST, "Who was Otto Warmbier?", UNKNOWN]
        for question in questions:
            app.chat.prompt.text = question
            await pilot.press("enter")
        await wait_until(pilot, lambda: len(app.chat.talk.views()) == 3)
        await wait_until(pilot, lambda: all(view.turn.answer for view in app.chat.talk.views()))
        assert [view.turn.question for view in app.chat.talk.views()] == questions
        with Library(library) as opened:
            (conversation,) = opened.conversations().list()
        assert conversation.turns == 3


async def test_escape_cancels_and_gives_the_question_back(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        release = await _hold_the_engine(app)
        app.chat.prompt.text = FIRST
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.chat.asking.current)
        assert app.chat.prompt.text == ""
        await pilot.press("escape")
        release()
        await wait_until(pilot, lambda: app.chat.talk.views()[-1].turn.status == "cancelled")
        assert app.chat.prompt.text == FIRST
        assert not app.chat.busy
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.chat.talk.views()[-1].turn.status == "answered")


async def test_asking_again_answers_in_the_same_place(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        view = await ask(pilot, FIRST)
        before = view.turn.answer
        await pilot.press("f5")
        await wait_until(pilot, lambda: view.turn.answer is not before and not view.doing)
        assert view.turn.answer is not None
        assert before is not None
        assert view.turn.answer.text == before.text
        assert len(app.chat.talk.views()) == 1


async def test_editing_a_question_sends_it_anew_and_keeps_the_old_one(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await ask(pilot, "Who was Otto Warmbier")
        await pilot.press("f8")
        assert app.chat.prompt.text == "Who was Otto Warmbier"
        await pilot.press("?", "enter")
        await wait_until(pilot, lambda: len(app.chat.talk.views()) == 2)
        assert [view.turn.question for view in app.chat.talk.views()] == [
            "Who was Otto Warmbier",
            "Who was Otto Warmbier?",
        ]


async def test_a_follow_up_is_answered_with_the_conversation_in_mind(library: Path) -> None:
    async with chatting(library) as (_, pilot):
        await ask(pilot, "Who was Otto Warmbier?")
        view = await ask(pilot, "When did he die?")
        assert view.turn.answer is not None
        assert "2017" in view.turn.answer.text


async def test_the_view_follows_the_end_only_while_the_reader_is_there(library: Path) -> None:
    async with chatting(library, size=(80, 24)) as (app, pilot):
        for question in (FIRST, UNKNOWN, "Who was Otto Warmbier?"):
            await ask(pilot, question)
        talk = app.chat.talk
        await wait_until(pilot, lambda: talk.scroll_y == talk.max_scroll_y > 0)
        await pilot.press("pageup", "pageup")
        await wait_until(pilot, lambda: talk.scroll_y < talk.max_scroll_y)
        at = talk.scroll_y
        app.chat.talk.views()[-1].write("more\n" * 30)
        await pilot.press("f5")
        await wait_until(pilot, lambda: app.chat.talk.views()[-1].turn.status == "answered" and not app.chat.busy)
        assert talk.scroll_y == at


async def test_starters_are_offered_and_answered(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await wait_until(pilot, lambda: list(app.query(".starter")))
        first = app.query(".starter").first(Button)
        await pilot.click(first)
        await wait_until(pilot, lambda: [view for view in app.chat.talk.views() if view.turn.status == "answered"])


async def test_first_run_offers_the_first_steps_and_no_error(tmp_path: Path) -> None:
    async with chatting(tmp_path / "new") as (app, pilot):
        screen = await wait_for(pilot, "Try the sample corpus")
        assert "Add a folder or file" in screen
        assert not app._notifications
        await pilot.click("#begin-samples")
        await wait_until(pilot, lambda: len(app.sources) > 10, 120)
        view = await ask(pilot, FIRST)
        assert view.turn.status == "answered"


async def test_paths_given_to_the_command_are_added_inside_the_chat(tmp_path: Path) -> None:
    (tmp_path / "ferry.txt").write_text("The ferry Adelheid was built in Bremen in 1923.\n")
    async with chatting(tmp_path / "new", str(tmp_path / "ferry.txt")) as (app, pilot):
        await wait_until(pilot, lambda: app.sources)
        view = await ask(pilot, "When was the ferry Adelheid built?")
        assert "1923" in view.turn.answer.text  # type: ignore[union-attr]


async def test_a_question_waits_for_the_first_documents_while_they_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ferry.txt").write_text("The ferry Adelheid was built in Bremen in 1923.\n")
    async with chatting(tmp_path / "new") as (app, pilot):
        go, write = threading.Event(), app.engine.write

        async def wait_and_write(work):  # type: ignore[no-untyped-def]
            return await write(lambda library: (go.wait(20), work(library))[1])

        monkeypatch.setattr(app.engine, "write", wait_and_write)
        app.adding.add([str(tmp_path / "ferry.txt")])
        app.chat.prompt.text = "When was the ferry Adelheid built?"
        await pilot.press("enter")
        assert "· 1 waiting" not in await wait_for(pilot, "waiting for the first documents")
        go.set()
        await wait_until(pilot, lambda: app.chat.talk.views()[-1].turn.status == "answered", 30)


async def test_without_documents_an_answer_says_how_to_add_some_here(tmp_path: Path) -> None:
    async with chatting(tmp_path / "new") as (app, pilot):
        view = await ask(pilot, FIRST)
        assert view.turn.status == "failed"
        assert "There are no documents yet;" in shown(app)


async def test_what_is_added_is_counted_while_more_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"The ferry {name} was built in Bremen in 1923.\n")
    monkeypatch.setattr("tui.screens.talking.COUNTED", 0.0)
    async with chatting(tmp_path / "new") as (app, pilot):
        write = app.engine.write

        async def write_and_wait(work):  # type: ignore[no-untyped-def]
            return await write(lambda library: (work(library), go.wait(20))[0])

        monkeypatch.setattr(app.engine, "write", write_and_wait)
        app.adding.add([str(tmp_path / "a.txt")])
        await wait_for(pilot, "1 document ·", 20)
        assert app.adding.busy
        app.adding.add([str(tmp_path / "b.txt")])  # which draws the line of the adding again
        go.set()
        await wait_for(pilot, "2 documents ·", 20)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_small_and_large_terminals(library: Path, size: tuple[int, int]) -> None:
    async with chatting(library, size=size) as (app, pilot):
        await ask(pilot, FIRST)
        await pilot.press("alt+1")
        await wait_until(pilot, lambda: app.chat.source.display and app.chat.source.region.height > 5)
        assert "Ask about your documents" in shown(app)
        assert "confidence" in shown(app)
        assert app.chat.pane.display == (size[0] > 100)
        await pilot.press("f2")
        await wait_until(pilot, lambda: app.chat.pane.display and app.chat.pane.has_focus_within)


async def _hold_the_engine(app: QuothApp) -> Callable[[], None]:
    """Keep the asking lane at work until the returned function is called."""
    held = threading.Event()
    holding = asyncio.ensure_future(app.engine._asking.run(lambda: held.wait(60)))
    await asyncio.sleep(0)
    assert not holding.done()
    return held.set


async def test_an_empty_source_takes_little_of_a_small_screen_and_its_keys_are_in_the_footer(library: Path) -> None:
    async with chatting(library, size=(80, 24)) as (app, pilot):
        await pilot.press("f3")
        await wait_until(pilot, lambda: app.chat.source.has_focus_within)
        await wait_until(pilot, lambda: 0 < app.chat.source.region.height <= 3)
        await wait_for(pilot, "n Next")
        assert "p Previous" in shown(app)


async def test_a_fault_in_showing_one_answer_is_told_and_the_next_is_answered(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chatting(library) as (app, pilot):
        await ask(pilot, FIRST)

        tried: list[object] = []

        def broken(*about: object) -> None:
            tried.append(about)
            raise RuntimeError("broken")

        with monkeypatch.context() as there:
            there.setattr(type(app.chat.talk), "add", broken)
            there.setattr(type(app.chat.talk.views()[0]), "show", broken)
            app.chat.prompt.text = UNKNOWN
            await pilot.press("enter")
            await wait_for(pilot, "A fault in Quoth: RuntimeError")
            await wait_until(pilot, lambda: not app.chat.busy)
            assert app.chat.prompt.text == ""  # it is stored, and not to be sent once more
            await pilot.press("f5")
            await wait_until(pilot, lambda: len(tried) == 2 and not app.chat.busy)
        view = await ask(pilot, FIRST)
        assert view.turn.answer
        conversation = view.turn.conversation
        kept = await app.engine.keep(lambda stored: stored.turns(conversation))
        assert [turn.question for turn in kept] == [FIRST, UNKNOWN, FIRST]
        assert not app.chat.busy
