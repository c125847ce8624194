"""`quoth mcp --http`: the SDK's own client gets in with the token, and nobody else does."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from tests.conftest import Quoth
from tests.mcp.test_stdio import ASKED, UNANSWERABLE, called, said

pytestmark = pytest.mark.slow

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
TYPES = {"Accept": "application/json, text/event-stream"}


@dataclass(frozen=True, slots=True)
class Served:
    """A running server. token: as it was printed."""

    process: subprocess.Popen[str]
    port: int
    token: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, token: str | None = None, **headers: str) -> int:
        """The status that a request gets, as one with everything right but what is given."""
        bearer = self.bearer if token is None else {"Authorization": f"Bearer {token}"}
        return httpx.post(self.url, json=PING, headers={**TYPES, **bearer, **headers}).status_code


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def served(library: Path) -> Iterator[Served]:
    port = free_port()
    command = [sys.executable, "-m", "qa", "mcp", "--http", "--port", str(port), "--library", str(library)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            first, second = process.stderr.readline(), process.stderr.readline()
            assert first == f"Quoth's MCP server: http://127.0.0.1:{port}/mcp Ctrl-C ends it.\n"
            yield Served(process, port, second.removeprefix("Clients send: Authorization: Bearer ").removesuffix("\n"))
        finally:
            process.kill()


async def test_the_token_lets_clients_in(sample_library: Path) -> None:
    with served(sample_library) as running:
        assert len(running.token) == 43
        async with create_mcp_http_client(headers=running.bearer) as http:
            async with Client(streamable_http_client(running.url, http_client=http)) as client:
                answer = await called(client, "ask", question=ASKED)
                assert "died six days later in Ohio" in answer["text"]
                assert (await called(client, "ask", question=UNANSWERABLE))["status"] == "not_found"
                result = await client.call_tool("search", {"query": "summit", "limit": 3})
                assert result.is_error
                assert said(result) == "unknown argument 'limit'; search takes query, k, where"

            async def one() -> str:
                async with Client(streamable_http_client(running.url, http_client=http)) as other:
                    text: str = (await called(other, "ask", question=ASKED))["text"]
                    return text

            assert set(await asyncio.gather(*(one() for _ in range(5)))) == {answer["text"]}
        async with create_mcp_http_client(headers={"Authorization": "Bearer of nothing"}) as http:
            with pytest.raises((MCPError, ExceptionGroup)):
                async with Client(streamable_http_client(running.url, http_client=http)):
                    pass

        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(20) == 0
        assert running.process.stderr is not None
        assert running.process.stderr.read() == ""


def test_nobody_else_gets_in(sample_library: Path, record_property: pytest.RecordProperty) -> None:
    with served(sample_library) as running:
        here = f"127.0.0.1:{running.port}"
        asked = f"{running.url}?token={running.token}"
        assert running.post() == 200
        assert running.post(Host=f"localhost:{running.port}", Origin=f"http://localhost:{running.port}") == 200
        refused = {
            "no token": (401, httpx.post(running.url, json=PING, headers=TYPES).status_code),
            "another token": (401, running.post("x" * 43)),
            "a part of the token": (401, running.post(running.token[:-1])),
            "no token behind the word": (401, running.post(Authorization="Bearer")),
            "the token as a password": (401, running.post(Authorization=f"Basic {running.token}")),
            "the token in the address": (
                401,
                httpx.post(asked, json=PING).status_code,
            ),
            "another path without a token": (401, httpx.get(f"http://{here}/").status_code),
            "a stream of its own": (405, httpx.get(running.url, headers=running.bearer).status_code),
            "a rebound name": (421, running.post(Host=f"evil.example:{running.port}")),
            "another port": (421, running.post(Host="127.0.0.1:80")),
            "a name that begins so": (421, running.post(Host=f"127.0.0.1.evil.example:{running.port}")),
            "another page": (403, running.post(Origin="https://evil.example")),
            "a page of another program here": (403, running.post(Origin="http://127.0.0.1:3000")),
            "a page in a sandbox": (403, running.post(Origin="null")),
        }
        for what, (expected, status) in refused.items():
            record_property("bad input", f"MCP over HTTP, {what}: {status}")
            assert status == expected, what
        large = httpx.post(running.url, content=b" " * 2_000_000, headers=running.bearer)
        assert large.status_code == 413
        with pytest.raises(OSError, match="refused"):  # not on the machine's other addresses
            socket.create_connection(("127.0.0.2", running.port), 5)
        assert running.post() == 200


def test_a_token_of_ones_own_is_shown_nowhere(
    sample_library: Path, monkeypatch: pytest.MonkeyPatch, quoth: Quoth
) -> None:
    monkeypatch.setenv("QUOTH_MCP__TOKEN", "a-token-of-my-own")
    with served(sample_library) as running:
        assert "a-token-of-my-own" not in running.token
        assert running.post("a-token-of-my-own") == 200
        assert running.post(running.token) == 401
        taken = quoth("mcp", "--http", "--port", str(running.port))
        assert taken.code == 1
        assert taken.err == f"quoth: port {running.port} is taken by another program; name another with --port\n"
    assert "a-token-of-my-own" not in quoth("config").out
    monkeypatch.setenv("QUOTH_MCP__TOKEN", "short")
    ran = quoth("mcp", "--http")
    assert ran.code == 1
    assert "mcp.token" in ran.err
    assert "short" not in ran.err.replace("should", "")
