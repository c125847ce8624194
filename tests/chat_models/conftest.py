"""Models that are asked over real connections, of real packages, at servers of the test."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from qa.chat_models import ChatModel, open_model
from qa.settings import AnswerSettings
from qa.types import Message

from .servers import Answer, Server, Speech

KEY = "sk-canary-0123456789abcdef"

QUESTION: list[Message] = [
    {"role": "system", "content": "Answer."},
    {"role": "user", "content": "Hello?"},
]

Serve = Callable[[Answer], Server]
Open = Callable[..., ChatModel]


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, address or proxy of the host's."""
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "ANTHROPIC_", "GOOGLE_", "GEMINI_", "OLLAMA_")) or "proxy" in name.lower():
            monkeypatch.delenv(name)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server that answers so."""
    with ExitStack() as stack:
        yield lambda answer: stack.enter_context(Server(answer))


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a model of a provider at a server, with the canary as its key."""

    def opened(speech: Speech, url: str, model: str = "m", **options: Any) -> ChatModel:
        name = address(speech, url, model, monkeypatch)
        return open_model(name, AnswerSettings(**{"model": name, "api_key": KEY, "timeout": 20.0, **options}))

    return opened


def address(speech: Speech, url: str, model: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a model at a server, whose address is set as the provider wants it."""
    if speech.provider == "openai":
        return f"{url}/v1#{model}"
    monkeypatch.setenv("OLLAMA_HOST" if speech.provider == "ollama" else "ANTHROPIC_BASE_URL", url)
    return f"{speech.provider}:{model}"


@pytest.fixture(scope="session")
def small_model() -> Iterator[str]:
    """The URL of a server with a real, weak model."""
    for _ in range(3):  # another process may take the port meanwhile
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, str(Path(__file__).with_name("serving.py")), str(port)]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdin
            assert process.stdout
            if process.stdout.readline() == "up\n":
                yield f"http://127.0.0.1:{port}/v1"
                process.stdin.close()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                return
            assert process.stderr
            said = process.stderr.read()
    pytest.fail(f"the model could not be served: {said}")
