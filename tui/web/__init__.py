"""The chat in a browser, on this machine alone: `quoth chat --web`."""

from __future__ import annotations

import errno
import os
import secrets
import socket
from collections.abc import Sequence

from qa.errors import QuothError

HOST = "127.0.0.1"
PORT = 8117
"""The port where none is asked for and this one is free."""


def serve(
    library: str | None = None, paths: Sequence[str] = (), port: int | None = None, *, open_browser: bool = False
) -> int:
    """Serve the chat until Ctrl-C, and return the command's exit code.

    library, paths: as for `tui.app.run`; every page that is opened is a chat of its own.
    port: None takes PORT, or any that is free. open_browser: open the page, too.
    Raises QuothError for a port that is taken, and where textual-serve is not installed.
    """
    try:
        from tui.web.server import run
    except ModuleNotFoundError:
        raise QuothError(
            "the chat in a browser needs the package textual-serve; run: pip install 'textual-serve>=1.1,<2'"
        ) from None
    with _listening(port) as listener:
        run(listener, secrets.token_urlsafe(32), library, paths, open_browser=open_browser)
    return 0


def _listening(port: int | None) -> socket.socket:
    try:
        return socket.create_server((HOST, PORT if port is None else port))
    except OSError as error:
        if port is None:
            return socket.create_server((HOST, 0))
        taken = error.errno == errno.EADDRINUSE
        reason = "is taken by another program" if taken else f"cannot be used: {os.strerror(error.errno or 0)}"
        raise QuothError(f"port {port} {reason}; name another: --port 8118, or leave --port out") from None
