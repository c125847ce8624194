"""Requests where a chat model is configured: it writes what only it can, and is not asked for what needs none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import Library
from tests.answering.scripted import Scripted

LETTER = "Dear ambassador, the meetings were held at the Sofitel Legend Metropole [1]. We all send you our best wishes."


@pytest.fixture(scope="module")
def opened(sample_library: Path) -> Iterator[Library]:
    with Library(sample_library) as found:
        yield found


def test_a_model_writes_a_letter_from_the_passages(opened: Library) -> None:
    model = Scripted(replies=[LETTER])
    answer = opened.ask("Write a letter about the hotel of the meetings in Hanoi", model=model)
    assert (answer.kind, answer.status, answer.model) == ("writing", "answered", "scripted")
    assert answer.text.startswith("Dear ambassador")  # no quote stands above it
    assert "Metropole" in str(model.asked[0][-1].content)  # the passages were sent
    assert answer.sentences[-1].support == "unsupported"  # what is new is marked


def test_a_letter_about_nothing_in_the_documents_stands_alone(opened: Library) -> None:
    model = Scripted(replies=["Dear aunt, I hope that you are well.", ""])
    answer = opened.ask("Write a letter to my aunt about her knitting", model=model)
    assert (answer.text, answer.status, answer.citations) == (
        "Dear aunt, I hope that you are well.",
        "answered",
        (),
    )
    silent = opened.ask("Write a letter to my aunt about her knitting", model=model)
    assert (silent.status, silent.citations) == ("not_found", ())


def test_a_letter_may_say_what_the_documents_do_not_have(opened: Library) -> None:
    asked = "Write a letter to my aunt about her knitting"
    lacking = "The passages do not mention her address."
    model = Scripted(replies=[f"Dear aunt, I hope that you are well. {lacking} Yours, Ada.", lacking])
    answer = opened.ask(asked, model=model)
    assert (answer.status, "Dear aunt" in answer.text, lacking in answer.text) == ("answered", True, True)
    assert not any(one.support == "supported" for one in answer.sentences)
    alone = opened.ask(asked, model=model)
    assert (alone.status, alone.sentences) == ("not_found", ())


def test_what_comes_after_a_letter_is_understood(opened: Library) -> None:
    history = [
        {"role": "user", "content": "Write a letter about the hotel Metropole in Hanoi"},
        {"role": "assistant", "content": LETTER},
    ]
    assert "Metropole" in opened.ask("When was it built?", history=history, model="quotes").standalone_question


@pytest.mark.parametrize("line", ["hello", "thanks", "which documents do you have?", "summarise un-sanctions.txt"])
def test_no_model_is_asked_for_what_needs_none(opened: Library, line: str) -> None:
    model = Scripted(replies=["Invented."])
    answer = opened.ask(line, model=model)
    assert (model.asked, answer.model, answer.status) == ([], "quotes", "answered")
    assert ("without the chat model" in answer.text) == (answer.kind == "summary")


def test_a_model_can_go_on(opened: Library) -> None:
    model = Scripted(replies=["The meetings were held at the Sofitel Legend Metropole [1]."])
    history = [
        {"role": "user", "content": "Where did they meet in Hanoi?"},
        {"role": "assistant", "content": "In a hotel [1]. Shall I name it?"},
    ]
    answer = opened.ask("yes please", history=history, model=model)
    assert (len(model.asked), answer.kind, answer.model) == (2, "question", "scripted")  # one for what to search
    assert "Metropole" in answer.text


def test_a_question_still_goes_to_the_model(opened: Library) -> None:
    model = Scripted(replies=["The meetings were held at the Sofitel Legend Metropole [1]."])
    assert opened.ask("At which hotel in Hanoi were the meetings held?", model=model).kind == "question"
    assert len(model.asked) == 1
