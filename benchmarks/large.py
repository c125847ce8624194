"""A large library and a long conversation for `chat.py`, and a chat model's server that streams at a steady rate.

    python benchmarks/large.py TOKENS_A_SECOND TOKENS

As a program it is the server: it prints its port, speaks as OpenAI's do, and ends with its standard input.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DOCUMENTS, TURNS = 10_000, 2_000

SENTENCE = "They met a third time in the zone between both and spoke for an hour."
"""What the server says over and over, a word a token."""

FIRST_WORD = "Steadily"

LONG_NAME = "minutes of the meeting about the harbour, the orchard and the observatory"
"""Longer than the table's column: what stands before it in a name is not drawn."""


def add_documents(library: Path, folder: Path, hidden: str) -> None:
    """Fill a library up to DOCUMENTS with small files, which exist, written into its catalog directly.

    hidden: what every name begins with where it is cut off.
    """
    import numpy as np

    from qa import building
    from qa.catalog.checking import text_hash
    from qa.catalog.writing import Stamp, Writer
    from qa.locking import writing_now
    from qa.types import Chunk, Document

    chance = np.random.default_rng(4)
    with writing_now(library):
        writer = Writer(library)
        missing = DOCUMENTS - int(writer.value("SELECT count(*) FROM sources"))
        vectors = chance.standard_normal((missing, 384)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        with writer.transaction():
            writer.add_root(str(folder), is_folder=True)
            for number, vector in enumerate(vectors):
                path = folder / f"{hidden}{number % 10}" / f"{LONG_NAME} {number:05}.txt"
                path.parent.mkdir(parents=True, exist_ok=True)
                text = f"Minutes {number}: the harbour of village {number} was painted in {1800 + number % 200}.\n"
                path.write_text(text, encoding="utf-8")
                sha256, name = hashlib.sha256(text.encode()).hexdigest(), text_hash(text)
                writer.add_vectors([name], vector[np.newaxis])
                document = Document(str(path), text, "txt", sha256)
                row = writer.add_document(document, ".txt", [Chunk(0, len(text), text)], [name])
                writer.set_source(str(path), row, str(folder), Stamp.of(path))
        building.rebuild(library, writer)
        writer.close()


def talk_long(library: Path, questions: Sequence[str], title: str) -> None:
    """Store a conversation of TURNS turns, with the library's own answers to these questions over and over."""
    from qa import Library

    with Library(library) as opened:
        answers = [opened.ask(question, model="quotes") for question in questions]
        stored = opened.conversations()
        conversation = stored.create(title).id
        for number, answer in zip(range(TURNS), itertools.cycle(answers), strict=False):
            turn = stored.ask(conversation, f"{answer.question} ({number})")
            stored.finish(turn.id, answer)


@contextlib.contextmanager
def serving(rate: int, tokens: int) -> Iterator[str]:
    """The address of a server in a process of its own."""
    command = [sys.executable, __file__, str(rate), str(tokens)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin
        assert server.stdout
        try:
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}/v1#steady"
        finally:
            server.stdin.close()


class _Handler(BaseHTTPRequestHandler):
    """Says one word after the other, as often in a second as it was told."""

    protocol_version = "HTTP/1.1"
    rate = tokens = 0

    def log_message(self, format: str, *arguments: object) -> None:
        pass

    def do_GET(self) -> None:
        self._send("application/json", json.dumps({"object": "list", "data": [{"id": "steady"}]}))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        words, began = SENTENCE.split(), time.perf_counter()
        with contextlib.suppress(OSError):  # the other side has heard enough
            self._say({"content": f"{FIRST_WORD}: "})
            for number in range(self.tokens):
                time.sleep(max(began + number / self.rate - time.perf_counter(), 0))
                self._say({"content": f"{words[number % len(words)]} "})
            self._say({}, "stop")
            self._write("data: [DONE]\n\n")
            self.wfile.write(b"0\r\n\r\n")

    def _say(self, delta: dict[str, str], finish: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "steady", "choices": [choice]}
        self._write(f"data: {json.dumps(chunk)}\n\n")

    def _write(self, text: str) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(text), text.encode()))
        self.wfile.flush()

    def _send(self, kind: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


def main() -> None:
    """Serve until standard input is closed."""
    _Handler.rate, _Handler.tokens = map(int, sys.argv[1:])
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
