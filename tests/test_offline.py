"""Nothing leaves the machine: an answer comes while every connection is refused, whatever the variables say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GUARD = """
import json, socket, sys
tried = []

def refuse(what):
    def guard(*arguments, **options):
        tried.append(f"{what} {arguments[-1]!r}")
        raise OSError(f"{what}: the network is off in this test")
    return guard

class Guarded(socket.socket):
    def connect(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            refuse("connect")(address)
        return super().connect(address)

    connect_ex = connect

    def sendto(self, data, *rest):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            refuse("sendto")(*rest)
        return super().sendto(data, *rest)

socket.socket = Guarded
for name in ("getaddrinfo", "gethostbyname", "create_connection"):
    setattr(socket, name, refuse(name))
"""

COMMAND_LINE = """
import threading
from qa.cli import main
codes = [main(["add", sys.argv[1]]), main(["ask", "When did Donald Trump and Kim Jong Un first meet?"])]
for thread in threading.enumerate():
    if thread is not threading.current_thread() and not thread.daemon:
        thread.join(5)
print(json.dumps([codes, tried]))
"""

PROGRAM = """
from qa import Library
with Library("program") as library:
    library.add([sys.argv[1]])
    library.ask("Who met in Hanoi?")  # the first question does not open the index
    answer = library.ask("When did Donald Trump and Kim Jong Un first meet?")
    assert "chromadb" in sys.modules
print(json.dumps([[0, 0 if answer.status == "answered" else 3], tried]))
"""

TALKATIVE = {
    "LANGSMITH_TRACING": "true",
    "LANGSMITH_TRACING_V2": "true",
    "LANGCHAIN_TRACING": "true",
    "LANGCHAIN_TRACING_V2": "true",
    "LANGCHAIN_HANDLER": "langchain",
    "LANGSMITH_API_KEY": "none",
    "LANGSMITH_ENDPOINT": "http://127.0.0.1:9",
    "LANGSMITH_OTEL_ENABLED": "true",
    "HF_HUB_OFFLINE": "0",
    "TRANSFORMERS_OFFLINE": "0",
    "HF_HUB_DISABLE_TELEMETRY": "0",
    "ANONYMIZED_TELEMETRY": "True",
    "CHROMA_OTEL_COLLECTION_ENDPOINT": "http://127.0.0.1:9",
    "CHROMA_OTEL_GRANULARITY": "all",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
}
"""Variables that tell libraries to talk, as a developer's shell may have them."""


@pytest.mark.parametrize("program", [COMMAND_LINE, PROGRAM], ids=["command", "library"])
def test_an_answer_comes_without_the_network(program: str, tmp_path: Path) -> None:
    corpus = Path(__file__).resolve().parent.parent / "corpus"
    (tmp_path / ".env").write_text("CHROMA_OTEL_COLLECTION_ENDPOINT=http://127.0.0.1:9\nANONYMIZED_TELEMETRY=True\n")
    done = subprocess.run(
        [sys.executable, "-c", GUARD + program, str(corpus)],
        env={**os.environ, **TALKATIVE},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    codes, tried = json.loads(done.stdout.splitlines()[-1])
    assert codes == [0, 0]
    assert tried == []


def test_the_guard_notices_a_connection() -> None:
    """The test above could not fail if the guard saw nothing."""
    program = GUARD + (
        "import urllib.request\n"
        "for url in ('http://127.0.0.1:9', 'http://example.org'):\n"
        "    try: urllib.request.urlopen(url)\n"
        "    except OSError: pass\n"
        "try: socket.socket().connect(('127.0.0.1', 9))\n"
        "except OSError: pass\n"
        "print(len(tried))"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "3"
