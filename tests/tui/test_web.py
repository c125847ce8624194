"""The chat in a browser: a headless Chromium sees the answer, and nobody else gets in."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pyte
import pytest
from playwright.sync_api import Page, WebSocket, sync_playwright

from qa.errors import QuothError
from tests.terminal import Terminal
from tui.web import serve

LINE = re.compile(r"Quoth in the browser: (http://127\.0\.0\.1:\d+)/\?token=(\S{43}) Ctrl-C ends it\.\n")


@dataclass(frozen=True, slots=True)
class Served:
    """A running `quoth chat --web`: `address` without the token."""

    process: subprocess.Popen[str]
    address: str
    token: str

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    @property
    def cookie(self) -> dict[str, str]:
        return {f"quoth-{urlsplit(self.address).port}": self.token}

    def sessions(self) -> list[int]:
        """The processes of the chats that are open."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def interrupt(self) -> int:
        """What it returns after Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)


@contextmanager
def served(library: Path, *arguments: str) -> Iterator[Served]:
    command = [sys.executable, "-m", "qa", "chat", "--web", "--library", str(library), *arguments]
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "cwd": library.parent}
    with subprocess.Popen(command, text=True, **options) as process:  # type: ignore[call-overload]
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            said = LINE.fullmatch(line)
            assert said, line
            yield Served(process, *said.groups())
        finally:
            process.kill()


@pytest.fixture
def server(sample_library: Path) -> Iterator[Served]:
    with served(sample_library) as running:
        yield running


class Screen:
    """What a page shows, put together from what its websocket receives: the page itself draws on a canvas."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._screen = pyte.Screen(142, 37)
        self._stream = pyte.ByteStream(self._screen)
        page.on("websocket", self._listen)

    def _listen(self, websocket: WebSocket) -> None:
        self._screen.reset()
        websocket.on("framereceived", lambda frame: self._stream.feed(frame) if isinstance(frame, bytes) else None)

    @property
    def text(self) -> str:
        return "\n".join(self._screen.display)

    def wait_for(self, text: str) -> str:
        """The screen, once it shows this."""
        deadline = time.monotonic() + 60
        while text not in self.text:
            assert time.monotonic() < deadline, f"no {text!r} in:\n{self.text}"
            self._page.wait_for_timeout(50)
        return self.text


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser.new_page(viewport={"width": 1280, "height": 720})
        browser.close()


@pytest.mark.slow
def test_a_question_is_answered_in_the_browser(page: Page, sample_library: Path, tmp_path: Path) -> None:
    library = Path(shutil.copytree(sample_library, tmp_path / 'it\'s a $(touch owned) "library"; exit'))
    added = tmp_path / "a 'note' & more.txt"
    added.write_text("The ferry Adelheid was built in Bremen in 1911.\n")
    asked: list[str] = []
    faults: list[object] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(error))
    page.on("requestfailed", lambda request: faults.append(request.url))
    screen = Screen(page)
    with served(library, "--", str(added)) as server:
        page.goto(f"{server.address}/?token={server.token}")
        screen.wait_for("16 documents")
        page.locator("textarea.xterm-helper-textarea").focus()
        page.keyboard.type("When did Trump and Kim first meet?")
        screen.wait_for("When did Trump and Kim first meet?")
        page.keyboard.press("Enter")
        assert "[1]" in screen.wait_for("confidence")
        assert "12 June 2018" in screen.text

        assert page.url == f"{server.address}/"  # the token is no longer in the address
        page.reload()  # the cookie lets it in
        screen.wait_for("16 documents")
        assert not faults
        assert {urlsplit(url).netloc for url in asked} == {server.host}
        assert not (tmp_path / "owned").exists()
        assert server.interrupt() == 0


@pytest.mark.slow
async def test_only_who_knows_the_token_gets_in(server: Served) -> None:
    knows = {"token": server.token}
    jar = aiohttp.CookieJar(unsafe=True)  # it takes cookies of an address without a name, as browsers do
    async with aiohttp.ClientSession(server.address, cookie_jar=jar) as client:

        async def status(path: str = "/", **given: dict[str, str]) -> int:
            async with client.get(path, **given) as response:  # type: ignore[arg-type]
                return response.status

        assert await status() == 403
        assert await status(params={"token": "x" * 43}) == 403
        assert await status(params={"token": "ü"}) == 403
        assert await status(cookies=dict.fromkeys(server.cookie, "wrong")) == 403
        assert await status("/static/js/textual.js") == 403
        assert await status("/static/js/textual.js", params=knows) == 403
        assert await status("/download/key") == 403
        assert await status(params=knows, headers={"Host": "localhost.example.org"}) == 403
        assert await status(params=knows, headers={"Origin": "http://example.org"}) == 403
        async with client.get("/", params=knows) as response:
            assert response.status == 200
            assert re.search(r"HttpOnly;.*SameSite=Strict", response.headers["Set-Cookie"])
            assert "default-src 'none'" in response.headers["Content-Security-Policy"]
            assert "https:" not in await response.text()
        assert await status("/static/js/textual.js") == 200  # the cookie is known from here on


@pytest.mark.slow
async def test_another_page_cannot_drive_the_chat(server: Served) -> None:
    async def opened(origin: str | None, host: str = server.host, cookie: bool = True) -> bool:
        """Whether a websocket opens for a page of this origin."""
        headers = {"Host": host} | ({"Origin": origin} if origin else {})
        async with aiohttp.ClientSession(cookies=server.cookie if cookie else {}) as client:
            try:
                async with client.ws_connect(f"{server.address}/ws", headers=headers) as websocket:
                    return await websocket.receive_bytes(timeout=30) != b""
            except aiohttp.WSServerHandshakeError:
                return False

    assert not await opened("http://example.org")
    assert not await opened("http://127.0.0.1:1")
    assert not await opened("null")
    assert not await opened(None)
    assert not await opened(server.address, cookie=False)
    assert not await opened("http://rebound.example.org", host="rebound.example.org")
    assert server.sessions() == []
    assert await opened(server.address)


@pytest.mark.slow
async def test_chats_end_with_their_page_and_with_the_server(server: Served) -> None:
    headers = {"Origin": server.address}
    async with aiohttp.ClientSession(cookies=server.cookie, headers=headers) as client:
        async with client.ws_connect(f"{server.address}/ws") as websocket:
            await websocket.receive_bytes(timeout=30)
            assert len(server.sessions()) == 1
        wait_until(lambda: not server.sessions())
        async with client.ws_connect(f"{server.address}/ws") as websocket:
            await websocket.receive_bytes(timeout=30)
            (session,) = server.sessions()
            assert server.interrupt() == 0
            assert not Path(f"/proc/{session}").exists()


@pytest.mark.slow
async def test_a_chat_ends_when_the_server_is_killed(server: Served) -> None:
    async with (
        aiohttp.ClientSession(cookies=server.cookie, headers={"Origin": server.address}) as client,
        client.ws_connect(f"{server.address}/ws") as websocket,
    ):
        await websocket.receive_bytes(timeout=30)
        (session,) = server.sessions()
        server.process.kill()
        wait_until(lambda: not Path(f"/proc/{session}/exe").exists())


@pytest.mark.slow
async def test_a_chat_that_does_not_answer_is_killed(server: Served) -> None:
    async with (
        aiohttp.ClientSession(cookies=server.cookie, headers={"Origin": server.address}) as client,
        client.ws_connect(f"{server.address}/ws") as websocket,
    ):
        await websocket.receive_bytes(timeout=30)
        (session,) = server.sessions()
        os.kill(session, signal.SIGSTOP)
        assert server.interrupt() == 0
        assert not Path(f"/proc/{session}").exists()


@pytest.mark.slow
def test_ctrl_c_in_the_terminal_ends_it(terminal: Terminal) -> None:
    terminal.type("quoth chat --web; echo left with $?")
    terminal.wait_for("Ctrl-C ends it.")
    terminal.press("C-c")
    assert "rror" not in terminal.wait_for("left with 0")


def test_a_port_that_is_taken_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(QuothError, match=rf"^port {port} is taken by another program; name another: [^\n]+$"):
            serve(port=port)


def test_without_textual_serve_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tui.web.server", raising=False)
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    with pytest.raises(QuothError, match=r"^the chat in a browser needs .*pip install 'textual-serve[^\n]+$"):
        serve()
