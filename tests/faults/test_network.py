"""No connection is tried by any command, and no key or document text lies outside the library, whatever the variables.

Every system call for the network is recorded by strace, in all processes, and every connect fails as without a network.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import CORPUS
from tests.pseudoterminal import PseudoTerminal
from tests.test_offline import TALKATIVE
from tests.test_secrets import VARIABLES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

KEY = "sk-canary-of-a-key"
DOCUMENT = "canaryofadocument"
QUESTION = f"Where was the ferry {DOCUMENT} built?"

_TRIED = re.compile(r"\b(connect|sendto|sendmsg|sendmmsg)\(.*AF_INET")
"""A connection, or a datagram such as a question for a name, to an address of this or another machine."""

PAGE = """<html><head><link rel="stylesheet" href="http://example.org/a.css"><script src="http://example.org/a.js">
</script></head><body><h1>The ferry</h1><p>The ferry {document} was built in Bremen in 1923.</p>
<img src="http://example.org/a.png"><iframe src="http://example.org/"></iframe></body></html>"""


class Proxy:
    """A listener on loopback that counts who comes."""

    def __init__(self) -> None:
        self.came = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                taken, _ = self._socket.accept()
            except OSError:
                return
            self.came += 1
            taken.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    listening = Proxy()
    yield listening
    listening.close()


@pytest.fixture
def talkative(home: Path, proxy: Proxy) -> dict[str, str]:
    """The environment of a developer's shell that has everything set which could make a library talk."""
    (home / "tmp").mkdir()
    (home / "cache" / "quoth" / "models").unlink()  # so that the model is compiled too
    at = f"http://{proxy.address}"
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    return {
        **os.environ,
        **TALKATIVE,
        **dict.fromkeys(VARIABLES, KEY),
        **dict.fromkeys(names, at),
        **dict.fromkeys(("LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT", "HF_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"), at),
        "LANGSMITH_PROJECT": "project",
        "OTEL_TRACES_EXPORTER": "otlp",
        "OTEL_SDK_DISABLED": "false",
        "OTEL_PYTHON_TRACER_PROVIDER": "sdk_tracer_provider",
        "CHROMA_OTEL_COLLECTION_ENDPOINT": at,
        "TMPDIR": str(home / "tmp"),
        "TERM": "xterm-256color",
    }


def traced(record: Path) -> list[str]:
    """How a command is begun whose system calls for the network are to be recorded, and whose connects are to fail."""
    strace = shutil.which("strace")
    assert strace, "this test needs strace: apt-get install strace"
    calls = "trace=connect,sendto,sendmsg,sendmmsg"
    cut = "inject=connect:error=ENETUNREACH"
    return [strace, "-f", "--seccomp-bpf", "-qq", "-e", calls, "-e", cut, "-o", str(record), sys.executable]


def tried(record: Path) -> list[str]:
    """The calls that would have left the process for an address."""
    assert record.exists()
    return [line for line in record.read_text(errors="replace").splitlines() if _TRIED.search(line)]


def outside_the_library(home: Path, text: str) -> list[str]:
    """The files below the home folder, the library's left out, that hold this text."""
    library = home / "data" / "quoth" / "libraries"
    files = [path for path in home.rglob("*") if path.is_file() and not path.is_relative_to(library)]
    assert (home / "state" / "quoth" / "quoth.log") in files
    return [str(path) for path in files if text.encode() in path.read_bytes()]


def test_no_command_tries_a_connection_or_leaves_a_word_behind(
    home: Path,
    proxy: Proxy,
    talkative: dict[str, str],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "page.html").write_text(PAGE.format(document=DOCUMENT))
    (notes / ".env").write_text(f"LANGSMITH_TRACING=true\nOPENAI_API_KEY={KEY}\nCHROMA_OTEL_GRANULARITY=all\n")
    for kind in ("pdf", "docx", "eml"):
        shutil.copy(next(CORPUS.rglob(f"*.{kind}")), notes)
    attempts: list[str] = []
    for arguments in (
        ["add", str(notes)],
        ["ask", QUESTION],
        ["search", DOCUMENT],
        ["rebuild", "--embed"],
        ["update"],
        ["config"],
    ):
        record = tmp_path / f"{arguments[0]}.strace"
        command = [*traced(record), "-m", "qa", *arguments]
        done = subprocess.run(
            command, env=talkative, cwd=notes, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, (arguments, done)
        assert KEY not in done.stdout + done.stderr
        assert DOCUMENT not in done.stderr
        attempts += tried(record)
    record = tmp_path / "chat.strace"
    with PseudoTerminal([*traced(record), "-m", "qa", "chat"], env=talkative, cwd=notes) as chat:
        chat.wait_for("documents", 120)
        chat.press(f"{QUESTION}\r")
        chat.wait_for("confidence", 120)
        chat.press("\x11")
        assert chat.ended() == 0
        assert KEY.encode() not in chat.written
    attempts += tried(record)
    record_property("connection attempts", len(attempts) + proxy.came)
    assert attempts == []
    assert proxy.came == 0
    assert outside_the_library(home, DOCUMENT) == []
    assert outside_the_library(home, KEY) == []
    assert not [path for path in (home / "data").rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


def test_an_attempt_would_be_seen(tmp_path: Path, proxy: Proxy) -> None:
    """The test above could not fail if strace saw nothing, or cut nothing off."""
    program = (
        "import urllib.request, socket\n"
        f"for url in ('http://{proxy.address}', 'http://example.org'):\n"
        "    try: urllib.request.urlopen(url, timeout=5)\n"
        "    except OSError: pass\n"
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))\n"
    )
    parent = "import subprocess, sys; subprocess.run([sys.executable, '-W', 'ignore', '-c', sys.argv[1]], check=True)"
    clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    command = [*traced(tmp_path / "record"), "-c", parent, program]  # in a child, as Quoth has them
    subprocess.run(command, env=clean, check=True, timeout=60)
    seen = tried(tmp_path / "record")
    assert [line for line in seen if "connect(" in line and proxy.address.partition(":")[2] in line]
    assert [line for line in seen if "sendto(" in line]
    assert proxy.came == 0
