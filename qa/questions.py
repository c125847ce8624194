"""What callers ask: checked, and put into one shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qa import followups
from qa.errors import InputError
from qa.followups import Search
from qa.requests.small_talk import without_greeting
from qa.requests.telling import telling
from qa.types import Message

LONGEST = 10_000
"""Characters of a question."""

QUOTES = "quotes"
"""The name of answering without a language model."""

History = Sequence[Message | Mapping[str, Any] | Any]
"""A conversation, oldest first: dicts with role and content, or LangChain's message objects."""

_ROLES = {
    **{"human": "user", "user": "user", "ai": "assistant", "assistant": "assistant"},
    **{"system": "system", "developer": "system"},
}
_TOOLS = ("tool", "function")
"""Roles of what an agent's tools returned: nobody said it."""


def search_for(question: str, history: History) -> Search:
    """What to search for, given the conversation. Raises InputError for what cannot be asked."""
    return followups.search_for(without_greeting(checked(question)), telling(messages(history)))


def checked(question: str) -> str:
    """The question, if it can be asked. Raises InputError."""
    if not isinstance(question, str):
        raise InputError(f"a question is a str, not {type(question).__name__}")
    if not question.strip():
        raise InputError('the question is empty; ask something, for example: quoth ask "When did they meet?"')
    if "\0" in question:
        raise InputError("the question holds a NUL character; take it out and ask again")
    if len(question) > LONGEST:
        raise InputError(f"the question has {len(question):,} characters, and {LONGEST:,} is the most; shorten it")
    return _encodable(question)


def checked_k(k: int) -> int:
    """How many passages are wanted. Raises InputError."""
    if not isinstance(k, int) or isinstance(k, bool) or k < 1:
        raise InputError(f"k is how many passages to return, 1 or more, not {k!r}")
    return k


def messages(history: History) -> list[Message]:
    """The conversation in one shape, without what tools returned and messages without content (calls of tools).

    Raises InputError for an item that is no message.
    """
    if isinstance(history, (str, bytes, Mapping)) or not isinstance(history, Iterable):
        raise InputError("history is a list of messages, each with role and content")
    return [message for item in history if (message := _message(item))]


def _message(item: Any) -> Message | None:
    if isinstance(item, Mapping):
        role, content = item.get("role"), item.get("content")
    else:
        role, content = getattr(item, "type", None), getattr(item, "content", None)
    if role in _TOOLS or (_silent(item, content) and role in ("ai", "assistant")):
        return None
    if isinstance(content, list):  # content blocks, of which the text ones are kept
        content = "".join(map(_text, content))
    if not isinstance(role, str) or role not in _ROLES or not isinstance(content, str):
        raise InputError(
            f"a message of the history has a role (user, assistant, system) and a content, not {item!r:.80}"
        )
    return Message(role=_ROLES[role], content=_encodable(content))  # type: ignore[typeddict-item]


def _text(block: Any) -> str:
    """What a content block says; nothing where it is no text."""
    if isinstance(block, Mapping):
        block = block.get("text")
    return block if isinstance(block, str) else ""


def _encodable(text: str) -> str:
    """The text with a question mark for each lone surrogate, which would stop the tokenizer and SQLite."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _silent(item: Any, content: Any) -> bool:
    """Whether a message has a content that is None, as those have that call a tool; not one that lacks it."""
    return content is None and ("content" in item if isinstance(item, Mapping) else hasattr(item, "content"))
