"""What is typed into the chat that is no question about a fact."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.conftest import ask, chatting, shown, wait_for, wait_until
from tui.engine import Engine


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No questions are looked for to begin with."""

    async def nothing(_: Engine) -> list[str]:
        return []

    monkeypatch.setattr(Engine, "starters", nothing)


async def test_a_talk_of_several_kinds(library: Path) -> None:
    async with chatting(library, size=(80, 24)) as (app, pilot):
        greeting = await ask(pilot, "hello")
        assert greeting.turn.answer
        assert greeting.turn.answer.kind == "greeting"
        assert "Hello. Ask me something" in shown(app)
        assert "confidence" not in shown(app)
        assert "all documents" not in shown(app).split("You  hello")[1].split("All documents")[0]

        first = await ask(pilot, "Who was Otto Warmbier?")
        assert "confidence" in shown(app)
        await ask(pilot, "thanks!")
        summary = await ask(pilot, "and summarise it")
        assert first.turn.answer
        assert summary.turn.answer
        assert {one.source for one in summary.turn.answer.citations} == {first.turn.answer.citations[0].source}
        await wait_for(pilot, "You  and summarise it")
        await wait_for(pilot, "[3]")  # it is longer than the view, and shown from its beginning
        assert [place.number for place in summary.places[:5]] == [1, 2, 3, 4, 5]
        await pilot.press("alt+2")
        await wait_until(pilot, lambda: app.chat.source.place == summary.places[1])


async def test_what_cannot_be_done_says_so_in_the_answer(library: Path) -> None:
    async with chatting(library) as (app, pilot):
        await ask(pilot, "write a letter to the ambassador")
        assert "quoth config model ollama:llama3.2" in shown(app)
        assert "Not found" not in shown(app)
        await ask(pilot, "summarise photosynthesis")
        assert "No document is called “photosynthesis”" in shown(app)


async def test_a_greeting_without_documents_is_answered(tmp_path: Path) -> None:
    async with chatting(tmp_path / "library") as (app, pilot):
        view = await ask(pilot, "hello")
        assert view.turn.answer
        assert view.turn.answer.kind == "greeting"
        failed = await ask(pilot, "which documents do you have?")
        assert failed.turn.status == "failed"
        assert "There are no documents yet" in shown(app)


async def test_a_comparison_without_an_answer_says_of_what_nothing_is_said(library: Path) -> None:
    async with chatting(library) as (_, pilot):
        view = await ask(pilot, "compare zebras and quaggas")
        assert view.turn.answer
        assert view.turn.answer.status == "not_found"
        await wait_for(pilot, "quaggas”")
