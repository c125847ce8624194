"""What callers ask, in the shapes that they have it in."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from langchain_core.messages import AIMessage, FunctionMessage, HumanMessage, SystemMessage, ToolMessage

from qa import questions
from qa.errors import InputError
from qa.questions import messages

SAID = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "When did they meet?"},
    {"role": "assistant", "content": "In June 2018."},
]


def test_the_history_of_an_agent_is_what_was_said() -> None:
    call: dict[str, Any] = {"name": "search", "args": {"query": "meeting"}, "id": "1"}
    silent = AIMessage("", tool_calls=[call])
    silent.content = None  # type: ignore[assignment]  # as some providers leave it
    history = [
        SystemMessage("Be brief."),
        HumanMessage("When did they meet?"),
        silent,
        ToolMessage("12 June 2018", tool_call_id="1"),
        FunctionMessage(content="12 June 2018", name="search"),
        AIMessage([{"type": "text", "text": "In June 2018."}]),
    ]
    assert messages(history) == SAID


def test_the_same_as_dicts() -> None:
    history: list[dict[str, Any]] = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": "When did they meet?"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]},
        {"role": "tool", "content": "12 June 2018", "tool_call_id": "1"},
        {"role": "function", "content": None, "name": "search"},
        {"role": "assistant", "content": "In June 2018."},
    ]
    assert messages(history) == SAID


@pytest.mark.parametrize(
    "item",
    [
        {"role": "narrator", "content": "Once upon a time"},
        {"role": "user", "content": None},
        {"role": "assistant", "text": "In June 2018."},
        {"content": "When?"},
        SimpleNamespace(type="ai"),
        "When?",
        None,
    ],
)
def test_what_is_no_message_is_refused(item: Any) -> None:
    with pytest.raises(InputError, match="role"):
        messages([item])


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("good morning, who is the landlord?", "who is the landlord?"),
        ("Hi! How much is the deposit", "How much is the deposit"),
        ("thanks, and when does the lease end?", "and when does the lease end?"),
        ("Hello Kitty, when was she drawn?", "Hello Kitty, when was she drawn?"),
        ("Good Morning, Vietnam: who directed it?", "Good Morning, Vietnam: who directed it?"),
    ],
)
def test_a_greeting_before_a_question_is_not_searched_for(asked: str, searched: str) -> None:
    assert questions.search_for(asked, []).texts[0][0] == searched
