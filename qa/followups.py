"""A question and the conversation before it -> the question that stands alone. Without a language model."""

from __future__ import annotations

from collections.abc import Sequence

from qa.types import Message


def standalone(question: str, history: Sequence[Message]) -> str:
    """The question with what it takes from the conversation in brackets: "And the second one? (Hanoi summit)".

    A question that stands alone is returned unchanged. history: oldest first, without the question itself.
    """
    earlier = [message["content"] for message in history if message["role"] == "user" and message["content"].strip()]
    return f"{question.strip()} ({earlier[-1].strip()})" if earlier else question
