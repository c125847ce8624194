"""Why an answer is as it is, on its screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qa import Library, Sentence
from tests.tui.conftest import FIRST, SIZE, UNKNOWN, ask, chatting, find, shown, wait_for, wait_until
from tests.tui.scenes import faint
from tui.screens.explain import ExplainScreen, differs
from tui.themes import DARK, LIGHT

HOSTILE = "[@click=app.quit]x[/] \x1b]52;c;aGk=\x07 [/] y"


async def test_it_says_why_and_closes(library: Path) -> None:
    async with chatting(library, size=(80, 24)) as (app, pilot):
        await pilot.press("ctrl+g")
        await wait_for(pilot, "There is no answer yet")
        view = await ask(pilot, FIRST)
        assert view.turn.answer
        await pilot.press("ctrl+g")
        screen = await wait_for(pilot, "What was searched for")
        assert FIRST in screen.splitlines()[0]
        assert "Answered: the documents seem to say it" in screen
        assert "has changed" not in screen
        assert "Esc" in screen or "esc" in screen
        await pilot.press("end")
        screen = await wait_for(pilot, "This sum is a probability of")
        assert "length of the question" in screen
        await pilot.press("home")
        await wait_for(pilot, "Why this answer")
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)
        assert app.chat.prompt.editor.has_focus
        assert len(app.chat.talk.views()) == 1  # it was asked once more, and nothing was kept of that
        await ask(pilot, UNKNOWN)
        app.chat.prompt.text = "/explain"
        await pilot.press("enter")
        screen = await wait_for(pilot, "What was searched for")
        assert "no document has “ferry”, “Adelheid”, “cost”" in screen
        for theme in (DARK, LIGHT):
            app.theme = theme
            await pilot.pause()
            assert not list(faint(app))
        await pilot.resize_terminal(120, 36)
        await wait_for(pilot, "What was found")


async def test_it_says_that_the_library_has_changed_and_shows_hostile_text_as_text(
    library: Path, tmp_path: Path
) -> None:
    async with chatting(library, size=SIZE) as (app, pilot):
        await ask(pilot, "Where was the ferry Adelheid built?")
        file = tmp_path / "[@click=app.quit]x[|].txt"
        file.write_text(f"The ferry Adelheid {HOSTILE} was built in Bremen.\n" * 3)
        with Library(library) as opened:
            opened.add([file])
        await pilot.press("ctrl+g")
        screen = await wait_for(pilot, "What was searched for")
        assert "The library has changed since this answer was given" in screen
        await wait_until(pilot, lambda: isinstance(app.screen, ExplainScreen))
        for text in ("[@click=app.quit]x[|].txt", "[@click=app.quit]x[/] ␛]52;c;aGk=␇ [/] y"):
            while text not in shown(app):
                await pilot.press("pagedown")
                await pilot.pause()
            row, column = find(app, text, app.screen.region)
            await pilot.click(offset=(column + 2, row))
        await pilot.pause()
        assert app.is_running
        assert isinstance(app.screen, ExplainScreen)


async def test_what_a_model_wrote_is_explained_by_the_search_it_rests_on(library: Path) -> None:
    with Library(library) as opened:
        found = opened.ask(FIRST)
        sentences = (Sentence(0, 4, "supported", 1.0), Sentence(5, 9, "weak", 0.6, ("a reason",)))
        answer = replace(
            found, text="They met.", model="ollama:[b]x", sentences=sentences, standalone_question="Who met?"
        )
        stored = opened.conversations()
        turn = stored.ask(stored.create().id, FIRST)
        stored.finish(turn.id, answer)
        assert not differs(replace(answer, confidence=0.1), found)
        assert differs(found, replace(found, text="other"))
        assert differs(answer, replace(found, passages=found.passages[1:]))
    async with chatting(library) as (app, pilot):
        await app.chat.open_conversation(turn.conversation)
        await wait_until(pilot, lambda: app.chat.talk.views())
        await pilot.press("ctrl+g")
        screen = " ".join((await wait_for(pilot, "What was searched for")).split())
        assert "ollama:[b]x wrote this answer" in screen
        assert "1 supported, 1 weak" in screen
        assert "“Who met?”" in screen  # as the model wrote the question anew


async def test_a_request_and_a_letter_say_that_there_is_nothing_to_explain(library: Path) -> None:
    with Library(library) as opened:
        letter = replace(opened.ask(FIRST), text="Dear aunt.", model="ollama:x", kind="writing")
        stored = opened.conversations()
        turn = stored.ask(stored.create().id, "Write a letter to my aunt about the meetings")
        stored.finish(turn.id, letter)
    async with chatting(library) as (app, pilot):
        await ask(pilot, "which documents do you have?")
        await pilot.press("ctrl+g")
        await wait_for(pilot, "This was taken as a request (“")
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)
        await app.chat.open_conversation(turn.conversation)
        await wait_until(pilot, lambda: [view.turn.id for view in app.chat.talk.views()] == [turn.id])
        await pilot.press("ctrl+g")
        screen = await wait_for(pilot, "This was taken as a request (“writing”)")
        assert "What was searched for" not in screen
        assert "is the least" not in screen


async def test_what_goes_wrong_is_said(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await ask(pilot, FIRST)
        with Library(library) as opened:
            opened.remove([source.source for source in opened.sources()])
        await pilot.press("ctrl+g")
        await wait_for(pilot, "This cannot be explained now: ")
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is app.chat)
