"""Small servers on loopback that speak as the providers do, and whatever goes wrong there."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PIECES = ("Hello", " there")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that a server got."""

    path: str
    headers: dict[str, str]
    body: Any


class Server(ThreadingHTTPServer):
    """A server that answers every request as `answer` says; in a `with`, it serves."""

    daemon_threads = True

    def __init__(self, answer: Callable[[Handler], None]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.asked: list[Asked] = []
        self.waiting = threading.Event()
        """Set while a request is held open by `silent` or `endless`."""
        self.left = threading.Event()
        """Set when the other side closed the connection of such a request."""
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: that the other side goes away is what is tested."""

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    """One connection. What it sends is sent in chunks, so that breaking off in the middle is seen as that."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *arguments: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._serve(None)

    def do_POST(self) -> None:
        self._serve(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _serve(self, body: Any) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append(Asked(self.path, headers, body))
        self.server.answer(self)

    def begin(self, kind: str = "text/event-stream") -> None:
        """Send the head of a stream."""
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def say(self, text: str) -> None:
        """Send a part of a stream; "" ends it."""
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def drop(self) -> None:
        """Close the connection with nothing more."""
        self.close_connection = True

    def until_left(self) -> None:
        """Wait for the other side to close the connection."""
        self.server.waiting.set()
        if self.connection.recv(1) == b"":
            self.server.left.set()
        self.drop()


Answer = Callable[[Handler], None]


def status(code: int, body: Any) -> Answer:
    """Refuse with a status and what a provider says with it."""

    def answer(handler: Handler) -> None:
        data = json.dumps(body).encode()
        handler.send_response(code)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Retry-After", "30")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def stream(parts: Iterable[str], kind: str = "text/event-stream", *, end: bool = True) -> Answer:
    """Send these parts; without `end` the connection breaks off behind them."""

    def answer(handler: Handler) -> None:
        handler.begin(kind)
        for part in parts:
            handler.say(part)
        if end:
            handler.say("")
        else:
            handler.drop()

    return answer


def silent(handler: Handler) -> None:
    """Never answer."""
    handler.until_left()


def drop(handler: Handler) -> None:
    """Close the connection without an answer."""
    handler.drop()


@dataclass(frozen=True, slots=True)
class Speech:
    """How a provider streams. whole: an answer of PIECES with its usage (11 tokens in, 2 out)."""

    provider: str
    kind: str
    first: str
    rest: tuple[str, ...]
    failing: str
    """A part that says, in the middle of the stream, that the server failed."""
    nonsense: str

    @property
    def whole(self) -> Answer:
        return stream((self.first, *self.rest), self.kind)

    def then(self, *parts: str, end: bool = True) -> Answer:
        """The first piece, then something else."""
        return stream((self.first, *parts), self.kind, end=end)

    def halting(self, handler: Handler) -> None:
        """Say the first piece, then nothing for ever."""
        handler.begin(self.kind)
        handler.say(self.first)
        handler.until_left()


def _sse(data: Any, event: str | None = None) -> str:
    return (f"event: {event}\n" if event else "") + f"data: {json.dumps(data)}\n\n"


def _openai(delta: dict[str, str], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return _sse({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})


def _ollama(text: str, **more: Any) -> str:
    said = {"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": {"role": "assistant", "content": text}}
    return json.dumps({**said, "done": False, **more}) + "\n"


def _anthropic(kind: str, **more: Any) -> str:
    return _sse({"type": kind, **more}, kind)


USAGE = {"prompt_tokens": 11, "completion_tokens": 2, "total_tokens": 13}

OPENAI = Speech(
    "openai",
    "text/event-stream",
    _openai({"role": "assistant", "content": PIECES[0]}),
    (
        _openai({"content": PIECES[1]}),
        _openai({}, "stop"),
        _sse({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [], "usage": USAGE}),
        "data: [DONE]\n\n",
    ),
    _sse({"error": {"code": 500, "message": "out of memory", "type": "server_error"}}),
    "data: {not json\n\n",
)

OLLAMA = Speech(
    "ollama",
    "application/x-ndjson",
    _ollama(PIECES[0]),
    (_ollama(PIECES[1]), _ollama("", done=True, done_reason="stop", prompt_eval_count=11, eval_count=2)),
    json.dumps({"error": "llama runner process has terminated: out of memory"}) + "\n",
    "{not json\n",
)

ANTHROPIC = Speech(
    "anthropic",
    "text/event-stream",
    _anthropic(
        "message_start",
        message={
            "id": "1",
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {"input_tokens": 11, "output_tokens": 0},
        },
    )
    + _anthropic("content_block_start", index=0, content_block={"type": "text", "text": ""})
    + _anthropic("content_block_delta", index=0, delta={"type": "text_delta", "text": PIECES[0]}),
    (
        _anthropic("content_block_delta", index=0, delta={"type": "text_delta", "text": PIECES[1]}),
        _anthropic("content_block_stop", index=0),
        _anthropic(
            "message_delta",
            delta={"stop_reason": "end_turn", "stop_sequence": None},
            usage={"input_tokens": 11, "output_tokens": 2},
        ),
        _anthropic("message_stop"),
    ),
    _anthropic("error", error={"type": "overloaded_error", "message": "Overloaded"}),
    "event: content_block_delta\ndata: {not json\n\n",
)

SPEECHES = (OPENAI, OLLAMA, ANTHROPIC)
