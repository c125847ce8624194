"""`quoth model fetch` against a small hub on loopback: what is taken, where it lies, and that it then works."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from .conftest import Quoth
from .test_embedding import original, packaged, small_model  # noqa: F401 (a fixture)

COMMIT = "0123456789abcdef0123456789abcdef01234567"
NAME = "someone/small-model"


class Hub(BaseHTTPRequestHandler):
    """As much of the hub's API as a download asks for."""

    folder: Path
    asked: list[str]

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        path = self.path.partition("?")[0]
        prefix = f"/{NAME}/resolve/"
        if path.startswith(f"/api/models/{NAME}"):
            files = [file.relative_to(self.folder).as_posix() for file in self.folder.rglob("*") if file.is_file()]
            siblings = [{"rfilename": name} for name in sorted(files)]
            tree = [
                {"type": "file", "path": name, "size": (self.folder / name).stat().st_size, "oid": "0" * 40}
                for name in sorted(files)
            ]
            found = tree if "/tree/" in path else {"id": NAME, "sha": COMMIT, "siblings": siblings, "private": False}
            return self._send(json.dumps(found).encode(), body=body, kind="application/json")
        if path.startswith(prefix) and (file := self.folder / path[len(prefix) :].partition("/")[2]).is_file():
            type(self).asked.append(file.name)
            return self._send(file.read_bytes(), body=body, kind="application/octet-stream")
        self.send_error(404)
        return None

    def _send(self, data: bytes, *, body: bool, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if body:
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hub(tmp_path: Path, packaged: Path) -> Iterator[str]:  # noqa: F811
    Hub.folder = small_model(packaged, tmp_path / "small", "mean", {})
    Hub.asked = []
    (Hub.folder / "pytorch_model.bin").write_bytes(b"\x80\x04 could run code")
    (Hub.folder / "evil.py").write_text("raise SystemExit")
    for name in ("optimizer.pt", "head.pkl", "1_Pooling/weights.bin", "1_Pooling/evil.py"):
        (Hub.folder / name).write_bytes(b"\x80\x04 could run code")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
def test_a_fetched_model_is_used_and_nothing_else_is_fetched(hub: str, tmp_path: Path, quoth_process: Quoth) -> None:
    import os

    os.environ["HF_ENDPOINT"] = hub
    (tmp_path / "a.txt").write_text("The lighthouse was painted red in 1931.")
    os.environ["QUOTH_EMBEDDING__MODEL"] = NAME
    before = quoth_process("add", str(tmp_path / "a.txt"))
    assert before.code == 1
    assert f"quoth model fetch {NAME}" in before.err
    assert Hub.asked == []
    fetched = quoth_process("model", "fetch", NAME)
    assert fetched.code == 0, fetched.err
    assert "model.safetensors" in Hub.asked
    assert not [name for name in Hub.asked if not name.endswith((".json", ".txt", ".safetensors", ".md"))]
    Hub.asked.clear()
    assert quoth_process("add", str(tmp_path / "a.txt")).code == 0
    assert quoth_process("ask", "When was the lighthouse painted?").code in (0, 3)
    assert Hub.asked == []


@pytest.mark.slow
def test_a_hub_that_cannot_be_reached_is_one_line(quoth_process: Quoth, home: Path) -> None:
    import os

    os.environ["HF_ENDPOINT"] = "http://127.0.0.1:9"
    done = quoth_process("model", "fetch", NAME)
    assert done.code == 1
    assert f"{NAME} could not be fetched" in done.err
    assert done.err.count("\n") == 1
