"""Answers that a chat model wrote, in the chat: their marks, what a model asks for, and choosing a model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qa import Answer, Sentence
from tests.chat_models.servers import OPENAI, Server, stream
from tests.chat_models.servers import _openai as piece
from tests.tui.conftest import ask, chatting, shown, wait_for, wait_until
from tests.tui.scenes import METROPOLE, Stage
from tui.support import checked, doubts

SAID = "They met at the Metropole. [1] It cost nine million. See [x](http://evil.example/leak) [@click=app.quit]now[/]."
ENDS = [SAID.index("[1]") + 3, SAID.index("million.") + 8, len(SAID)]
ASKED = "At which hotel in Hanoi were the meetings held?"


def written(answer: Answer) -> Answer:
    sentences = (
        Sentence(0, ENDS[0], "supported", 1.0),
        Sentence(ENDS[0] + 1, ENDS[1], "unsupported", 0.2, ("9 is not in the sentence of the document",)),
        Sentence(ENDS[1] + 1, ENDS[2], "weak", 0.6, ("the documents have 60% of its words",)),
    )
    return replace(answer, text=SAID, sentences=sentences, model="ollama:llama3.2")


def test_marks_are_words_behind_their_sentences() -> None:
    answer = written(Answer("Q?", "Q?", "", "answered", 0.9))
    plain = checked(answer).plain
    assert "They met at the Metropole. [1] It cost nine million. (unsupported) See" in plain
    assert plain.endswith("now[/]. (weak)")
    assert [line.plain for line in doubts(answer)] == [
        "! unsupported: “It cost nine million.”: 9 is not in the sentence of the document",
        "! weak: “See [x](http://evil.example/leak) [@click=app.quit]now[/].”: the documents have 60% of its words",
    ]


@pytest.mark.usefixtures("unasked")
async def test_what_a_model_wrote_is_marked_and_does_nothing(library: Path) -> None:
    stage = Stage(library)
    conversation = stage.answered(ASKED, SAID, METROPOLE)
    turn = stage.stored.turns(conversation)[0]
    assert turn.answer
    stage.stored.finish(turn.id, written(turn.answer))
    async with chatting(stage.folder, size=(110, 40)) as (app, pilot):
        await app.chat.open_conversation(conversation)
        screen = await wait_for(pilot, "(unsupported)")
        assert "(weak)" in screen
        assert "! unsupported" in screen
        row = next(number for number, line in enumerate(screen.splitlines()) if "evil.example" in line)
        column = screen.splitlines()[row].index("evil.example")
        await pilot.click(offset=(column + 2, row))
        await pilot.pause()
        assert app.screen is app.chat  # no question whether to open it: it is text
        assert app.is_running


@pytest.fixture
def server():  # type: ignore[no-untyped-def]
    said = ("The meetings were held ", "at the hotel Sofitel Legend Metropole [1]. ", "It cost nine million [7].")
    parts = (*(piece({"content": text}) for text in said), *OPENAI.rest[1:])
    with Server(stream(parts)) as serving:
        yield serving


async def test_a_model_is_chosen_for_this_chat_and_writes_checked_answers(library: Path, server: Server) -> None:
    async with chatting(library, size=(110, 40)) as (app, pilot):
        app.chat.prompt.text = f"/model {server.url}/v1#m"
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.chat.asking.model == f"{server.url}/v1#m")
        await wait_for(pilot, f"{server.url}/v1#m")  # in the line at the top
        assert not server.asked  # choosing sends nothing
        view = await ask(pilot, ASKED)
        answer = view.turn.answer
        assert answer
        assert answer.model == f"{server.url}/v1#m"
        assert [one.support for one in answer.sentences] == ["supported", "unsupported"]
        assert "Metropole [1]." not in answer.text
        assert "[7]" not in shown(app)
        await wait_for(pilot, "(unsupported)")
        app.chat.prompt.text = "/model quotes"
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.chat.asking.model == "quotes")
        view = await ask(pilot, ASKED)
        assert view.turn.answer
        assert view.turn.answer.model == "quotes"
    assert len(server.asked) == 1


@pytest.mark.parametrize(("name", "said"), [("nonsense", "PROVIDER:MODEL"), ("openai:gpt-x", "OPENAI_API_KEY")])
async def test_a_model_that_cannot_be_asked_is_said_and_changes_nothing(
    library: Path, name: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    async with chatting(library) as (app, pilot):
        app.chat.prompt.text = f"/model {name}"
        await pilot.press("enter")
        await wait_for(pilot, said)
        assert app.chat.asking.model is None


async def test_a_server_that_fails_leaves_the_question_and_a_card(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        app.chat.asking.model = "http://127.0.0.1:9/v1#m"
        view = await ask(pilot, ASKED)
        assert view.turn.status == "failed"
        assert view.turn.question == ASKED
        await wait_for(pilot, "cannot be")
        await wait_for(pilot, "Retry")
