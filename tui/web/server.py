"""The server behind the page: who may ask for it, and a process of the chat for each page that is open."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import os
import shlex
import signal
import socket
import webbrowser
from asyncio.subprocess import Process
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

from qa.children import command, environment
from qa.logs import keeps_content

_PAGE = Path(__file__).parent / "page"
_PATIENCE = 5.0
"""Seconds in which a chat that is told to end does so, before it is killed."""


def run(
    listener: socket.socket, token: str, library: str | None, paths: Sequence[str], *, open_browser: bool = False
) -> None:
    """Serve the chat on a socket until Ctrl-C or SIGTERM, and end all chats then.

    token: what the address must hold to be let in.
    """
    server = ChatServer(
        listener.getsockname(),
        token,
        command("tui.web.session", "content" if keeps_content() else "", library or "", *paths),
    )
    server.open_browser = open_browser
    # None: nothing but our own line is printed. A page that is open holds up the end no longer than its chat does.
    web.run_app(server._make_app(), sock=listener, print=None, access_log=None, shutdown_timeout=1)


class ChatServer(Server):
    """textual-serve's server with a page that asks nothing of other hosts, for those who know the token alone."""

    def __init__(self, address: tuple[str, int], token: str, arguments: Sequence[str]) -> None:
        """address: where the socket listens. arguments: the program of a chat, and its arguments."""
        super().__init__(shlex.join(arguments), *address, title="Quoth", templates_path=_PAGE)
        self.open_browser = False
        self._authority = f"{address[0]}:{address[1]}"
        self._token = token
        self._cookie = f"quoth-{address[1]}"  # browsers send a host's cookies to all of its ports
        self._headers = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
                f"img-src 'self' data:; connect-src 'self' ws://{self._authority}; "
                "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            ),
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
        }
        self._sessions: set[_Session] = set()

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.router.add_static("/page", _PAGE)
        app.middlewares.append(self._guard)
        return app

    async def on_startup(self, app: web.Application) -> None:  # noqa: ARG002 (textual-serve's own)
        """Say where the chat is."""
        address = f"{self.public_url}/?token={self._token}"
        print(f"Quoth in the browser: {address} Ctrl-C ends it.", flush=True)
        if self.open_browser:
            await asyncio.to_thread(webbrowser.open, address)

    async def on_shutdown(self, app: web.Application) -> None:  # noqa: ARG002
        """End every chat."""
        await asyncio.gather(*(session.end() for session in self._sessions))

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """The page, which loads nothing from elsewhere and is shown in no other page; from now on it has the cookie."""
        response: web.StreamResponse = await super().handle_index(request)
        response.headers.update(self._headers)
        response.set_cookie(self._cookie, self._token, httponly=True, samesite="Strict")
        return response

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run a chat for as long as its page is open."""
        websocket = web.WebSocketResponse(heartbeat=15)
        await websocket.prepare(request)
        session = _Session(
            self.command,
            write_bytes=websocket.send_bytes,
            write_str=websocket.send_str,
            close=websocket.close,  # type: ignore[arg-type]  # it returns whether it was open
            download_manager=self.download_manager,
        )
        self._sessions.add(session)
        try:
            await session.start(to_int(request.query.get("width", ""), 80), to_int(request.query.get("height", ""), 24))
            await self._process_messages(websocket, session)
        finally:
            await session.end()
            self._sessions.discard(session)
        return websocket

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer those who know the token, under our own address and from our own page."""
        given = (request.path == "/" and request.query.get("token")) or request.cookies.get(self._cookie, "")
        if not (self._from_here(request) and self._is_token(given)):
            raise web.HTTPForbidden(text="Open the address that quoth chat --web printed; it holds a token.\n")
        return await handler(request)

    def _from_here(self, request: web.Request) -> bool:
        """Whether the browser asks for our address (a name that was rebound to it is another host) and, if another page
        makes it ask, that page is ours. A websocket always says which page that is."""
        origin = request.headers.get("Origin")
        ours = origin == self.public_url or (origin is None and request.path != "/ws")
        return request.headers.get("Host") == self._authority and ours

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(errors="surrogateescape"), self._token.encode())


class _Session(AppService):
    """A chat and the page that shows it."""

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        return {
            **super()._build_environment(width, height),
            **{name: value for name, value in environment().items() if name == "PYTHONPATH"},
            "TEXTUAL_DRIVER": "tui.web.session:Driver",
        }

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        """Start the chat without a shell, and out of reach of the terminal's Ctrl-C: the server ends it."""
        self._process = await asyncio.create_subprocess_exec(
            *shlex.split(self.command),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._build_environment(width, height),
            start_new_session=True,
        )
        self._stdin = self._process.stdin
        return self._process

    async def end(self) -> None:
        """End the chat and wait until it has ended."""
        if self._process is None:
            return
        ended = asyncio.ensure_future(self._end(self._process))
        done, _ = await asyncio.wait([ended], timeout=_PATIENCE)
        if not done:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        await ended

    async def _end(self, process: Process) -> None:
        await self.stop()
        await process.wait()
