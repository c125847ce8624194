"""A chat model of LangChain's that says what it is told to, piece by piece, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

Reply = str | Sequence[str | Exception | dict[str, Any]] | Callable[[str], str]
"""A text; pieces, of which an error is raised; or what makes a text of the last message that was sent.

A piece that is a dict says why the reply ends, as providers do: {"finish_reason": "length"}.
"""


class Scripted(BaseChatModel):
    """replies: one for each call, the last one again and again. asked: the messages of each call. sent: pieces."""

    replies: list[Any]
    asked: list[list[BaseMessage]] = Field(default_factory=list)
    sent: int = 0
    closed: int = 0

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _pieces(self, messages: list[BaseMessage]) -> Iterator[Any]:
        reply: Reply = self.replies[min(len(self.asked), len(self.replies) - 1)]
        self.asked.append(messages)
        if callable(reply):
            reply = reply(str(messages[-1].content))
        for piece in re.findall(r"\S*\s*", reply)[:-1] if isinstance(reply, str) else reply:
            if isinstance(piece, Exception):
                raise piece
            self.sent += 1
            yield piece

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage("".join(self._pieces(messages))))])

    async def _astream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> AsyncIterator[ChatGenerationChunk]:
        try:
            for piece in self._pieces(messages):
                ends = {"content": "", "response_metadata": piece} if isinstance(piece, dict) else {"content": piece}
                yield ChatGenerationChunk(message=AIMessageChunk(**ends))
                await asyncio.sleep(0)  # as one that reads from a connection
            usage = UsageMetadata(input_tokens=100, output_tokens=7, total_tokens=107)
            yield ChatGenerationChunk(message=AIMessageChunk("", usage_metadata=usage))
        finally:
            self.closed += 1
