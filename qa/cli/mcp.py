"""`quoth mcp`: the library for assistants that speak the Model Context Protocol."""

from __future__ import annotations

import errno
import os
import secrets
import socket
import sys
from typing import Annotated

import typer

from qa.cli.options import LibraryOption
from qa.cli.output import print_notice
from qa.errors import InputError, QuothError

PORT = 8119


def mcp(
    library: LibraryOption = None,
    http: Annotated[
        bool, typer.Option("--http", help="Serve over HTTP on this machine, for who has the token that is printed.")
    ] = False,
    port: Annotated[
        int | None,
        typer.Option("--port", metavar="NUMBER", min=1, max=65535, help="Where --http listens.", show_default="8119"),
    ] = None,
) -> int:
    """Let assistants ask, search and read the library over MCP: on standard input and output, or with --http.

    A client starts it by itself; its settings want: quoth mcp --library NAME
    """
    from qa.library import Library

    if port is not None and not http:
        raise InputError("--port is for the server over HTTP; add --http")
    try:
        if http:
            from qa.mcp.http import PATH, over_http
        else:
            from qa.mcp.server import over_stdio
    except ModuleNotFoundError:
        raise QuothError("an MCP server needs the package mcp; run: pip install 'quoth[mcp]'") from None
    with Library(library) as opened:
        if not http:
            if sys.stdin.isatty():
                print_notice("This waits for an MCP client, which starts it by itself. Ctrl-C ends it.")
            over_stdio(opened)
            return 0
        given = opened.settings.mcp.token
        token = given.get_secret_value() if given else secrets.token_urlsafe(32)
        with _listening(PORT if port is None else port) as listener:
            address = f"http://127.0.0.1:{listener.getsockname()[1]}{PATH}"
            print_notice(f"Quoth's MCP server: {address} Ctrl-C ends it.")
            print_notice(f"Clients send: Authorization: Bearer {'with the setting mcp.token' if given else token}")
            over_http(opened, listener, token)
    return 0


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "is taken by another program" if taken else f"cannot be used: {os.strerror(error.errno or 0)}"
        raise QuothError(f"port {port} {reason}; name another with --port") from None
