"""What a question asks for, and whether a sentence has it."""

from __future__ import annotations

import pytest

from qa.answering.wanted import has, wanted


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("When was it built?", {"date"}),
        ("What year did they meet?", {"date"}),
        ("Which three countries signed in what month?", {"date"}),
        ("How many ships sank?", {"number"}),
        ("What percentage of the land is forest?", {"number"}),
        ("How much time passed?", {"number"}),
        ("Who wrote the letter?", {"person"}),
        ("Where is the library?", {"place"}),
        ("Which city has the oldest tram?", {"place"}),
        ("Why did it fail?", {"reason"}),
        ("What caused the fire?", {"reason"}),
        ("How did they cross the river?", {"way"}),
        ("What is a tide?", set()),
    ],
)
def test_kinds_that_questions_ask_for(question: str, kinds: set[str]) -> None:
    assert wanted(question) >= kinds
    assert len(wanted(question)) <= max(len(kinds), 1)


@pytest.mark.parametrize(
    ("kind", "with_it", "without_it"),
    [
        ("number", "The mill had 14 wheels.", "The mill had wheels."),
        ("number", "They lost twelve men.", "They lost men."),
        ("date", "It closed in March 1931.", "It closed after the war."),
        ("date", "It began in the 14th century.", "It began with 14 men."),
        ("person", "It was found by Ines Vale.", "It was found by a fisherman."),
        ("place", "They landed near Bergen.", "They landed at night."),
        ("reason", "It failed because the rope broke.", "It failed in spring."),
        ("way", "They crossed by swimming.", "They crossed the river."),
    ],
)
def test_sentences_that_have_it_and_do_not(kind: str, with_it: str, without_it: str) -> None:
    assert has(kind, with_it, "What about it?")  # type: ignore[arg-type]
    assert not has(kind, without_it, "What about it?")  # type: ignore[arg-type]


def test_what_the_question_says_itself_is_no_news() -> None:
    assert not has("date", "In 1931 it closed.", "Why did it close in 1931?")
    assert not has("person", "So said Ines Vale.", "What did Ines Vale say?")
