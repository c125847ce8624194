"""Questions about the sample corpus: how many are answered right, and how many that it cannot answer are refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from qa import Answer, Library

from .conftest import CORPUS

QUESTIONS = [json.loads(line) for line in (CORPUS / "questions.jsonl").read_text(encoding="utf-8").splitlines()]

LEAST_CORRECT, MOST_FALSE = 0.60, 0.44
"""Shares of the answerable questions that are answered right, and of the unanswerable that are answered at all.

Reached are 0.64 and 0.40, and these bounds keep it from sinking. Wanted are 0.85 and 0.15: not reached, see "The sample
corpus" in benchmarks/quality.md.
"""

MOST_FALSE_FAR = 0.1
"""The same for questions about something else altogether."""


@pytest.fixture(scope="module")
def answers(sample_library: Path) -> list[tuple[dict[str, Any], Answer]]:
    with Library(sample_library) as library:
        return [(question, library.ask(question["question"])) for question in QUESTIONS]


def spoken(text: str) -> str:
    """Lower-case words in single spaces; a point or comma stays between digits only."""
    return " ".join(re.findall(r"\d+(?:[.,]\d+)*|\w+", re.sub(r"\s*\[\d+\]", "", text).lower()))


def says(answer: Answer, wanted: list[str]) -> bool:
    text = f" {spoken(answer.text)} "
    return answer.status == "answered" and any(f" {spoken(one)} " in text for one in wanted)


def test_most_questions_are_answered_right(answers: list[tuple[dict[str, Any], Answer]]) -> None:
    asked = [(question, answer) for question, answer in answers if question["answerable"]]
    wrong = [question["question"] for question, answer in asked if not says(answer, question["answers"])]
    assert 1 - len(wrong) / len(asked) >= LEAST_CORRECT, wrong


def test_most_questions_that_are_not_answered_are_refused(answers: list[tuple[dict[str, Any], Answer]]) -> None:
    asked = [(question, answer) for question, answer in answers if not question["answerable"]]
    false = [question["question"] for question, answer in asked if answer.status == "answered"]
    assert len(false) / len(asked) <= MOST_FALSE, false


def test_questions_about_something_else_are_refused(answers: list[tuple[dict[str, Any], Answer]]) -> None:
    asked = [(question, answer) for question, answer in answers if question.get("kind") == "far"]
    false = [question["question"] for question, answer in asked if answer.status == "answered"]
    assert len(asked) >= 10
    assert len(false) / len(asked) <= MOST_FALSE_FAR, false


def test_every_quote_is_exact(answers: list[tuple[dict[str, Any], Answer]], sample_library: Path) -> None:
    with Library(sample_library) as library:
        for _, answer in answers:
            assert bool(answer.citations) == (answer.status == "answered")
            for citation in answer.citations:
                assert citation.verified
                assert library.text(citation.source)[citation.start : citation.end] == citation.quote
                assert spoken(citation.quote) in spoken(answer.text)
