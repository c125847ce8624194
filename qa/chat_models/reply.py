"""What a model says, piece by piece, from a request that is closed as soon as nobody wants it any more."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from qa.chat_models import loop
from qa.chat_models.faults import refused_setting, told
from qa.types import Message, Usage

if TYPE_CHECKING:
    from qa.chat_models import ChatModel

LOOK = 0.05
"""Seconds between two looks whether the answer is still wanted."""

CLOSING = 2.0
"""Most seconds to wait for a request to be closed; where closing takes longer, it goes on by itself."""

Cut = Literal["length", "filter"]
"""Why a reply ended before the model was done: it had no more tokens, or the provider stopped it for what it said."""

_ENDED: dict[str, Cut] = {
    **dict.fromkeys(("length", "max_tokens", "model_context_window_exceeded"), "length"),
    **dict.fromkeys(("content_filter", "refusal", "safety", "recitation", "blocklist", "prohibited_content"), "filter"),
}
"""What providers call it, in small letters."""


class Reply:
    """What a model says, as it comes. Iterate over it once; then `usage`, `first_token` (seconds), `cut` are known."""

    def __init__(self, model: ChatModel, messages: Sequence[Message], cancel: threading.Event | None) -> None:
        self._model, self._cancel = model, cancel or threading.Event()
        self._messages = [dict(message) for message in messages]
        self._pieces: queue.Queue[str | Exception | None] = queue.Queue()
        self._ended = threading.Event()
        self._began = 0.0
        self.usage = Usage()
        self.first_token: float | None = None
        self.cancelled = False
        self.cut: Cut | None = None

    def __iter__(self) -> Iterator[str]:
        """The pieces of the text. Raises ModelError. Leaving off, or setting `cancel`, closes the connection."""
        if self._cancel.is_set():
            self.cancelled = True
            return
        self._began = time.monotonic()
        request = loop.run(self._request())
        try:
            while True:
                piece = self._pieces.get()
                if self._cancel.is_set():
                    self.cancelled = True
                    return
                if piece is None:
                    return
                if isinstance(piece, Exception):
                    raise told(piece, self._model.name, self._model.secrets) from None
                yield piece
        finally:
            request.cancel()
            self._ended.wait(CLOSING)

    async def _request(self) -> None:
        """Read the reply in a task that is cancelled with this one, or when `cancel` is set; None ends the pieces."""
        task = asyncio.create_task(self._read())
        try:
            while not (await asyncio.wait({task}, timeout=LOOK))[0]:
                if self._cancel.is_set():
                    return
        finally:
            task.cancel()
            with contextlib.suppress(BaseException):  # what it raised lies among the pieces
                await task
            self._pieces.put(None)
            self._ended.set()

    async def _read(self) -> None:
        try:
            while not await self._asked():
                pass
        except Exception as error:
            self._pieces.put(error)

    async def _asked(self) -> bool:
        """Ask, and read all that comes. False if the model refused one of the settings, which is left out from now."""
        said = False
        stream = self._model.chat.astream(self._messages)
        try:
            while True:
                # The packages' own time-outs count bytes, which a server may send without saying anything.
                async with asyncio.timeout(self._model.timeout):
                    chunk = await anext(stream)
                said = True
                self._count(chunk.usage_metadata)
                self.cut = _cut(chunk) or self.cut
                if text := _text(chunk.content):
                    if self.first_token is None:
                        self.first_token = time.monotonic() - self._began
                    self._pieces.put(text)
        except StopAsyncIteration:
            return True
        except Exception as error:
            if said or not self._model.leave_out(refused_setting(error)):
                raise
            return False

    def _count(self, found: Any) -> None:
        if found:
            self.usage = Usage(
                (self.usage.input_tokens or 0) + found.get("input_tokens", 0),
                (self.usage.output_tokens or 0) + found.get("output_tokens", 0),
            )


def _cut(chunk: Any) -> Cut | None:
    """Why the reply ends with this chunk, where that is not because the model was done."""
    told = (chunk.response_metadata.get(name) for name in ("finish_reason", "stop_reason", "done_reason"))
    return next((_ENDED[one.lower()] for one in told if isinstance(one, str) and one.lower() in _ENDED), None)


def _text(content: Any) -> str:
    """The text of a chunk, which may come as blocks; what a model thinks aloud in blocks of their own is left out."""
    if isinstance(content, str):
        return content
    return "".join(
        part if isinstance(part, str) else str(part.get("text") or "")
        for part in content
        if isinstance(part, str) or part.get("type") in (None, "text")
    )
