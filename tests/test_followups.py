"""Follow-ups: what leans on the conversation takes from it, what stands alone does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.followups import ANSWER_WEIGHT, QUESTION_WEIGHT, search_for, standalone
from qa.types import Message
from qa.words import words


def conversation(*turns: str) -> list[Message]:
    """Turns of the user and the assistant by turns, the user first."""
    roles = ("user", "assistant")
    return [Message(role=roles[index % 2], content=turn) for index, turn in enumerate(turns)]  # type: ignore[typeddict-item]


SUMMIT = conversation("When did Trump and Kim first meet?", "They met in Singapore on 12 June 2018 [1].")


@pytest.mark.parametrize(
    "question",
    [
        "And where was the second one?",
        "Where was it held?",
        "Why did they meet?",
        "What is his title?",
        "Who attended that?",
        "Where?",
        "Tell me more",
        "What about Hanoi?",
        "What is the date?",
        "Were there other meetings?",
        "Did this change anything in the region afterwards?",
    ],
)
def test_a_question_that_leans_shows_what_it_leans_on(question: str) -> None:
    assert standalone(question, SUMMIT) == f"{question} (When did Trump and Kim first meet?)"


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of France?",
        "Who is Tecumseh?",
        "what is photosynthesis?",
        "Is there a vaccine against malaria for small children?",
        "Which warranty period applies to the dishwasher?",
        "How did the U.S. state that does not border another derive its name?",
        "Summarise the annual report of ACME",
        "Which companies in the report increased their prices last year?",
    ],
)
def test_a_question_on_another_topic_is_left_as_it_is(question: str) -> None:
    search = search_for(question, SUMMIT)
    assert search.text == question
    assert search.texts == ((question, 1.0),)
    assert set(search.words) <= set(words(question))


@given(st.text(max_size=80))
def test_the_first_question_of_a_conversation_is_left_as_it_is(question: str) -> None:
    assert standalone(question, []) == question


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=6))
def test_every_word_was_said_by_someone(question: str, turns: list[str]) -> None:
    search = search_for(question, conversation(*turns))
    said = {word for text in (question, *turns) for word in words(text)}
    assert set(search.words) <= said
    assert search.text.startswith((question, question.strip()))
    assert all(0 < weight <= 1 for weight in (*search.words.values(), *(share for _, share in search.texts)))


def test_the_questions_own_words_weigh_most_and_the_answers_least() -> None:
    weights = search_for("And where was the second meeting?", SUMMIT).words
    assert weights["meet"] == weights["second"] == 1.0
    assert weights["trump"] == QUESTION_WEIGHT
    assert weights["singapor"] == ANSWER_WEIGHT
    assert "1" not in weights  # the citation's mark


def test_it_goes_back_to_a_question_that_stands_alone() -> None:
    history = [*SUMMIT, *conversation("How long was it?", "Half a day.")]
    assert standalone("And where?", history) == "And where? (When did Trump and Kim first meet?; How long was it?)"


def test_it_goes_no_further_back_than_that() -> None:
    history = conversation("Who wrote the Odyssey?", "Homer.", *(message["content"] for message in SUMMIT))
    assert standalone("And where?", history) == "And where? (When did Trump and Kim first meet?)"


def test_a_question_without_words_of_its_own_takes_the_direction_of_the_one_before() -> None:
    vague, clear = search_for("And where?", SUMMIT), search_for("And what did the joint statement say?", SUMMIT)
    assert vague.texts[1][1] == 1.0
    assert clear.texts[1][1] < vague.texts[1][1]


def test_a_long_question_is_shown_shortened_and_searched_whole() -> None:
    long = "Tell me about the treaty, " + "with every detail of it, " * 30 + "in Reykjavik"
    search = search_for("And why?", conversation(long, "It was signed."))
    assert len(search.text) < 230
    assert "reykjavik" in search.words


def test_messages_of_the_system_and_empty_ones_are_not_questions() -> None:
    history: list[Message] = [
        {"role": "system", "content": "Be brief about zebras."},
        {"role": "user", "content": "  "},
    ]
    assert standalone("And why?", history) == "And why?"
    assert "zebra" not in search_for("And why?", [*history, *SUMMIT]).words
