"""The prompt: sending, breaking lines, the history, completing documents and commands."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events
from textual.widgets import OptionList, Static

from qa import Library
from tests.tui.conftest import FIRST, ask, chatting, shown, wait_for, wait_until


async def test_it_grows_with_its_text_and_sends_it_whole(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        prompt = app.chat.prompt
        before = prompt.editor.region.height
        await pilot.press("o", "n", "e", "ctrl+j", "t", "w", "o", "shift+enter", "x")
        assert prompt.text == "one\ntwo\nx"
        await wait_until(pilot, lambda: prompt.editor.region.height == before + 2)
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.chat.talk.views())
        assert app.chat.talk.views()[0].turn.question == "one\ntwo\nx"
        await wait_until(pilot, lambda: prompt.editor.region.height == before)


async def test_control_u_clears_a_line_of_several_rows(library: Path) -> None:
    async with chatting(library, size=(80, 24)) as (app, pilot):
        app.chat.prompt.text = "first\n" + "words that take more than one row " * 5
        await pilot.press("ctrl+u")
        assert app.chat.prompt.text == "first\n"
        await pilot.press("ctrl+u", "ctrl+u")
        assert app.chat.prompt.text == ""


async def test_up_and_down_walk_the_history_and_keep_the_draft(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await ask(pilot, FIRST)
        await ask(pilot, "Who was Otto Warmbier?")
        prompt = app.chat.prompt
        await pilot.press("d", "up")
        assert prompt.text == "Who was Otto Warmbier?"
        await pilot.press("up", "up")
        assert prompt.text == FIRST
        await pilot.press("down", "down")
        assert prompt.text == "d"


async def test_up_moves_within_several_lines_first(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await ask(pilot, FIRST)
        await pilot.press("a", "ctrl+j", "b", "up")
        assert app.chat.prompt.text == "a\nb"
        await pilot.press("up")
        assert app.chat.prompt.text == FIRST


async def test_the_history_survives_a_restart(library: Path) -> None:
    async with chatting(library) as (_, pilot):
        await ask(pilot, FIRST)
    async with chatting(library) as (app, pilot):
        await pilot.press("up")
        assert app.chat.prompt.text == FIRST


async def test_an_empty_prompt_sends_nothing(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await pilot.press("space", "enter")
        assert not app.chat.talk.views()


async def test_a_document_is_completed_and_limits_the_question(library: Path) -> None:
    async with chatting(library, size=(120, 36)) as (app, pilot):
        await pilot.press("@", "h", "a", "n", "o")
        await wait_until(pilot, lambda: app.query_one("#completions", OptionList).option_count == 1)
        await pilot.press("tab")
        assert app.chat.prompt.text == "@2019-hanoi-summit.md "
        await wait_for(pilot, "Only 2019-hanoi-summit.md for this question")
        app.chat.prompt.text += "Which hotel did they meet in?"
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.chat.talk.views() and app.chat.talk.views()[0].turn.answer)
        turn = app.chat.talk.views()[0].turn
        assert [Path(source).name for source in turn.where] == ["2019-hanoi-summit.md"]
        assert turn.answer is not None
        assert {Path(passage.source).name for passage in turn.answer.passages} == {"2019-hanoi-summit.md"}
        assert turn.question == "Which hotel did they meet in?"
        await wait_for(pilot, "All documents")
        facts = app.chat.talk.query_one(".turn-facts", Static)
        assert str(facts.render()).endswith(" · 1 of 15 documents (2019-hanoi-summit.md)")


async def test_a_completion_is_chosen_with_the_mouse(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await pilot.press("@", "s", "u", "m", "m")
        options = app.query_one("#completions", OptionList)
        await wait_until(pilot, lambda: options.option_count >= 2)
        await pilot.pause()
        await pilot.click(options, offset=(3, 1))
        await wait_until(pilot, lambda: "@2018-singapore" in app.chat.prompt.text)
        assert app.chat.prompt.editor.has_focus


async def test_commands_are_completed_and_escape_takes_the_offer_back(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        options = app.query_one("#completions", OptionList)
        await pilot.press("/", "s")
        await wait_until(pilot, lambda: options.option_count == 3)
        assert "search everything" in shown(app)
        await pilot.press("escape")
        await wait_until(pilot, lambda: not options.display)
        assert app.chat.prompt.text == "/s"
        await pilot.press("c", "down", "enter")
        assert app.chat.prompt.text == "/scope "


async def test_an_unknown_command_says_so_and_stays(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        app.chat.prompt.text = "/nonsense now"
        await pilot.press("enter")
        await wait_for(pilot, "There is no command /nonsense")
        assert app.chat.prompt.text == "/nonsense now"


@pytest.mark.parametrize("written", ["{folder}", "'{folder}'", "'{folder}' '{folder}/a.txt'"])
async def test_paths_are_offered_to_be_added(library: Path, tmp_path: Path, written: str) -> None:
    folder = tmp_path / "the minutes"
    folder.mkdir()
    (folder / "a.txt").write_text("The minutes of the harbour.")
    text = written.format(folder=folder)
    async with chatting(library) as (app, pilot):
        app.chat.prompt.text = text
        await pilot.press("enter")
        await wait_for(pilot, "to the library?")
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.chat.prompt.text == text)
        await pilot.press("enter")
        await wait_for(pilot, "to the library?")
        await pilot.press("y")
        await wait_until(pilot, lambda: len(app.sources) == 16, 120)
        assert app.chat.prompt.text == ""


async def test_what_begins_as_a_path_and_is_none_is_a_question(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        app.chat.prompt.text = "~ what does this sign mean?"
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.chat.talk.views())
        assert app.chat.talk.views()[0].turn.question == "~ what does this sign mean?"
        assert app.chat.prompt.text == ""


async def test_a_document_that_is_named_unclearly_is_asked_about(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "note.txt").write_text(f"The ferry {folder} was built in 1923.\n")
    with Library(tmp_path / "library") as opened:
        opened.add([tmp_path / "a", tmp_path / "b"])
    async with chatting(tmp_path / "library") as (app, pilot):
        app.chat.prompt.text = "@note.txt when was the ferry built?"
        await pilot.press("enter")
        await wait_for(pilot, "Several documents are called note.txt")
        assert app.chat.prompt.text
        app.chat.prompt.text = "@b/note.txt when was the ferry built?"
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.chat.talk.views() and app.chat.talk.views()[0].turn.answer)
        assert app.chat.talk.views()[0].turn.where == (str(tmp_path / "b" / "note.txt"),)


async def test_control_z_suspends_instead_of_undoing(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await pilot.press("a", "b", "ctrl+z")  # this terminal cannot be suspended, so nothing happens
        assert app.chat.prompt.text == "ab"
        await pilot.press("ctrl+underscore")
        assert app.chat.prompt.text != "ab"


async def test_what_is_typed_fast_is_sent_whole_and_what_follows_stays(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        for character in "Who was Otto Warmbier?":
            app.post_message(events.Key(character, character))
        app.post_message(events.Key("enter", "\r"))
        app.post_message(events.Key("x", "x"))
        await wait_until(pilot, lambda: app.chat.talk.views())
        assert app.chat.talk.views()[0].turn.question == "Who was Otto Warmbier?"
        assert app.chat.prompt.text == "x"


async def test_what_is_typed_or_pasted_elsewhere_goes_into_the_prompt(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        app.chat.talk.focus()
        await pilot.press("W", "h", "y", "question_mark")
        assert app.chat.prompt.text == "Why?"
        app.chat.talk.focus()
        app.chat.talk.post_message(events.Paste(" Because."))
        await wait_until(pilot, lambda: app.chat.prompt.text == "Why? Because.")


async def test_a_burst_of_keys_goes_into_the_prompt_whole(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await pilot.press("f3")
        await wait_until(pilot, lambda: app.chat.source.has_focus_within)
        for key, character in ("slash", "/"), *((one, one) for one in "copygon"):  # most of which do something there
            app.post_message(events.Key(key, character))
        await wait_until(pilot, lambda: app.chat.prompt.text == "/copygon")
        assert app.chat.prompt.editor.has_focus


async def test_a_paste_is_taken_once_and_sent_by_nobody(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        app.chat.prompt.editor.post_message(events.Paste("one\ntwo\nthree"))
        await wait_until(pilot, lambda: app.chat.prompt.text)
        await pilot.press("x")
        assert app.chat.prompt.text == "one\ntwo\nthreex"
        assert not app.chat.talk.views()


async def test_after_a_first_step_the_prompt_has_the_focus(tmp_path: Path) -> None:
    async with chatting(tmp_path / "new") as (app, pilot):
        await wait_for(pilot, "Try the sample corpus")
        app.chat.query_one("#begin-samples").focus()
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.adding.busy)
        await pilot.press("W", "h", "o", "question_mark")
        assert app.chat.prompt.text == "Who?"
        await wait_until(pilot, lambda: app.sources, 120)


@pytest.mark.parametrize(
    "typed",
    ["/add ~nosuchuser/x", f"/add {'x' * 5000}", "/export ~nosuchuser/x.md", '/add "'],
    ids=["user", "long", "export", "quotation mark"],
)
async def test_paths_that_cannot_be_are_one_line(library: Path, typed: str) -> None:
    async with chatting(library) as (app, pilot):
        await ask(pilot, FIRST)
        app.chat.prompt.text = typed
        await pilot.press("enter")
        await wait_until(pilot, lambda: [one for one in app._notifications if one.severity == "error"])
        assert app.is_running


async def test_the_named_document_comes_back_with_the_question_and_a_draft_is_kept(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        app.chat.prompt.text = "@2019-hanoi-summit.md Which hotel was it?"
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.chat.talk.views() and app.chat.talk.views()[0].turn.answer)
        app.chat.prompt.text = "a long draft"
        await pilot.press("f8")
        assert app.chat.prompt.text == "@2019-hanoi-summit.md Which hotel was it?"
        await pilot.press("up")
        assert app.chat.prompt.text == "a long draft"


async def test_previous_goes_through_the_citations_of_equal_answers_and_next_back(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        for question in (FIRST, FIRST, "Who was Otto Warmbier?"):
            view = await ask(pilot, question)
        rows = [row.at for row in app.chat.talk.rows()]
        first = rows.index((view.turn.id, 0))
        await wait_until(pilot, lambda: app.chat.at == rows[first])  # the source of the last answer
        for key, ats in (("alt+p", rows[:first][::-1]), ("alt+n", rows[1:])):
            for at in ats:
                await pilot.press(key)
                await wait_until(pilot, lambda at=at: app.chat.at == at)


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("/help", "Esc closes"),
        ("/sources", "indexed"),
        ("/model", "Answers are quotes"),
        ("/search otto", "Search every question"),
        ("/scope", "Mark none"),
        ("/add", "sample corpus"),
        ("/new", "Ask anything below"),
    ],
)
async def test_every_command_does_what_it_says(library: Path, typed: str, there: str) -> None:
    async with chatting(library, size=(120, 45)) as (app, pilot):
        await ask(pilot, FIRST)
        app.chat.prompt.text = typed
        await pilot.press("enter")
        await wait_for(pilot, there)
