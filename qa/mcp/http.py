"""The MCP server over streamable HTTP: on this machine alone, for who has the token."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import socket
from typing import TYPE_CHECKING

import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

from qa.mcp.server import server

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from qa.library import Library

PATH = "/mcp"

_BODY = 1_000_000
"""Most bytes of a request: a question has 10,000 characters at most."""

_PATIENCE = 2
"""Seconds that requests have to end after Ctrl-C."""


def over_http(library: Library, listener: socket.socket, token: str) -> None:
    """Serve on a socket that listens on this machine, until Ctrl-C or SIGTERM.

    token: what a request must bear. Nothing is kept between two requests, so that clients may come and go.
    """
    port = listener.getsockname()[1]
    hosts = [f"127.0.0.1:{port}", f"localhost:{port}"]
    app = server(library).streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=_BODY,
        # A page whose name was rebound to this machine says another host, and any other page another origin.
        transport_security=TransportSecuritySettings(
            allowed_hosts=hosts, allowed_origins=[f"http://{host}" for host in hosts]
        ),
    )
    config = uvicorn.Config(
        _Guard(app, token),
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=_PATIENCE,
    )
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn has ended by then, and says it again
        asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))


class _Guard:
    """Lets messages through that bear the token, to whatever path they go, and nothing else."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._token = app, token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._app if scope["type"] == "lifespan" else self._refusal(scope) or self._app
        await app(scope, receive, send)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        if not self._bears(Headers(scope=scope).get("authorization", "")):
            wanted = "the token of this server is wanted, as Authorization: Bearer TOKEN\n"
            return PlainTextResponse(wanted, status_code=401, headers={"WWW-Authenticate": "Bearer"})
        if scope["method"] != "POST":  # GET would open a stream in which nothing ever comes
            return PlainTextResponse("POST messages\n", status_code=405, headers={"Allow": "POST"})
        return None

    def _bears(self, authorization: str) -> bool:
        scheme, _, given = authorization.partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode("latin-1"), self._token)
