"""A real Chroma server on loopback, what stands before it in a company's network, and what is none."""

from __future__ import annotations

import datetime
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

SECONDS = 60.0
"""For a server to be up."""


class Chroma:
    """`chroma run` over a folder, which may be killed and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    str(Path(sys.executable).with_name("chroma")),
                    *("run", "--path", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that it can be killed with what it starts
                cwd=self.folder,
            )
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            try:
                with urllib.request.urlopen(f"{self.url}/api/v2/heartbeat", timeout=5):  # noqa: S310 (our own)
                    return
            except OSError:
                assert self._process.poll() is None, "chroma run has ended"
                time.sleep(0.05)
        raise AssertionError("chroma run does not answer")

    def kill(self) -> None:
        """Kill it, as a machine that loses its power does."""
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


End = Literal["lost", "torn", "left", "done"]
"""How far a request came whose sender died: not to the server; half of it; whole, and nobody waited for the reply; it
was done, and the reply was lost."""


@dataclass
class Last:
    """The request that is the last one of its sender: the `at`-th of those that change something, counted from 1.

    then: done when it has come as far as `end`. writes: how many there were. over: it has come.
    """

    at: int
    end: End
    then: Callable[[], object] = int
    writes: int = 0
    over: bool = False

    def meets(self, method: str, path: str) -> bool:
        """Count a request; whether it is the one."""
        if method == "GET" or (method == "POST" and not path.endswith(("/upsert", "/delete", "/collections"))):
            return False
        self.writes += 1
        return self.writes == self.at


class Proxy:
    """What is put before a server: lets through only what carries a header, and counts it.

    refuse: a status that everything is answered with instead. most: rows that the server says to take at once. last:
    after which request nothing more is let through.
    """

    def __init__(self, upstream: str, header: str, value: str) -> None:
        self.header, self.value = header, value
        self.passed = self.refused = 0
        self.refuse: int | None = None
        self.most: int | None = None
        self.last: Last | None = None
        proxy, (host, port) = self, upstream.removeprefix("http://").split(":")

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if proxy.refuse or self.headers.get(proxy.header) != proxy.value:
                    proxy.refused += 1
                    return self._answer(proxy.refuse or 401, b"no", "text/plain")
                proxy.passed += 1
                if proxy.last and (proxy.last.over or proxy.last.meets(self.command, self.path)):
                    return self._end(proxy.last, body)
                with closing(self._upward(body)) as upward:
                    reply = upward.getresponse()
                    text = reply.read()
                    if proxy.most and self.path.endswith("/pre-flight-checks"):
                        text = json.dumps({**json.loads(text), "max_batch_size": proxy.most}).encode()
                    self._answer(reply.status, text, reply.getheader("Content-Type", "application/json"))
                return None

            def _upward(self, body: bytes, share: float = 1.0) -> http.client.HTTPConnection:
                """A connection to the server on which this share of the request was sent."""
                upward = http.client.HTTPConnection(host, int(port), timeout=30)
                upward.putrequest(self.command, self.path)
                upward.putheader("Content-Type", "application/json")
                upward.putheader("Content-Length", str(len(body)))
                upward.endheaders(body[: int(share * len(body))])
                return upward

            def _end(self, last: Last, body: bytes) -> None:
                if not last.over:
                    last.over = True
                    if last.end != "lost":
                        with closing(self._upward(body, 0.5 if last.end == "torn" else 1.0)) as upward:
                            if last.end == "done":
                                upward.getresponse().read()
                    last.then()
                self.close_connection = True

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass

            def _answer(self, status: int, body: bytes, kind: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]

    @contextmanager
    def running(self, certificate: Path | None = None) -> Iterator[str]:
        """Its URL while it runs; with a certificate (and its key, in one file) it speaks TLS."""
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        finally:
            self.server.shutdown()
            thread.join()
            self.server.server_close()


def certificate(file: Path) -> Path:
    """A certificate for loopback that nobody has signed but itself, with its key, in a file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
    return file
