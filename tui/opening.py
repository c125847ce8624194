"""A document's file in the user's own programs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from tui.faults import said
from tui.place import Place

if TYPE_CHECKING:
    from qa import Library
    from tui.app import QuothApp

_PLUS = "+{line} {path}"
_COLON = "{path}:{line}"
_GOTO = "--goto {path}:{line}"

AT_LINE = {
    **dict.fromkeys(["less", "more", "most", "vi", "vim", "nvim", "view", "gvim", "nano", "pico", "micro"], _PLUS),
    **dict.fromkeys(["emacs", "emacsclient", "joe", "mcedit", "kak", "gedit"], _PLUS),
    **dict.fromkeys(["hx", "helix", "subl", "zed"], _COLON),
    **dict.fromkeys(["code", "code-insiders", "codium", "cursor"], _GOTO),
    "kate": "--line {line} {path}",
    "bat": "--paging=always --highlight-line {line} {path}",
}
"""How programs are told the line; others are given the file alone."""

WINDOWS = {"gvim", "gedit", "kate", "subl", "zed", "code", "code-insiders", "codium", "cursor"}
"""Programs with a window of their own: the chat goes on beside them."""

NO_PAGERS = {"cat", "true"}
"""What $PAGER is set to where nothing is to be paged: the text would be gone at once."""

SOON = 3.0
"""Seconds in which a program that cannot open a file says so by its exit code."""


def command(place: Place, environ: Mapping[str, str], *, lines: bool) -> list[str] | None:
    """What opens the file; None where nothing can. The first that is set and installed of:

    $PAGER, $VISUAL, $EDITOR, at the line of the place, but only where `lines` says that the file's lines are the
    document's (plain text, no PDF); then the system's viewer (xdg-open, open).
    """
    for name in ("PAGER", "VISUAL", "EDITOR") if lines else ():
        try:
            words = shlex.split(environ.get(name, ""))
        except ValueError:  # an unclosed quote
            continue
        if words and shutil.which(words[0], path=environ.get("PATH")) and _program(words) not in NO_PAGERS:
            at_line = AT_LINE.get(_program(words), "{path}")
            return words + [word.format(line=place.line, path=place.source) for word in at_line.split()]
    return _viewer(place, environ)


async def open_place(app: QuothApp, place: Place) -> None:
    """Open the file at the place, or say why that is not possible."""
    path = Path(place.source)
    try:
        await asyncio.to_thread(path.stat)
    except (FileNotFoundError, NotADirectoryError):
        app.notify(f"This file is gone: {path}", severity="error", timeout=10)
        return
    except OSError as error:
        app.notify(f"This file cannot be opened. {said(error)}", severity="error", timeout=10)
        return
    words = command(place, os.environ, lines=await _has_lines(app, place))
    if words is None:
        app.notify(f"Nothing here can open it. The file is {path}", severity="warning", timeout=10)
    elif _in_terminal(words):
        _run_in_terminal(app, words, path)
    else:
        # The next key need not wait for it.
        app.run_worker(partial(_run_beside, app, words, path), group="opening")  # type: ignore[arg-type]  # see Lines


def _program(words: list[str]) -> str:
    return Path(words[0]).name


def _in_terminal(words: list[str]) -> bool:
    return _program(words) not in {*WINDOWS, "xdg-open", "open", "explorer"}


def _viewer(place: Place, environ: Mapping[str, str]) -> list[str] | None:
    viewer = {"darwin": "open", "win32": "explorer"}.get(sys.platform, "xdg-open")
    # Without a desktop xdg-open tries browsers that need the terminal
    if viewer == "xdg-open" and not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        return None
    return [viewer, place.source] if shutil.which(viewer, path=environ.get("PATH")) else None


async def _has_lines(app: QuothApp, place: Place) -> bool:
    """Whether the document's lines are the file's own."""

    def look(library: Library) -> bool:
        return any(source.source == place.source and source.encoding for source in library.sources(place.source))

    try:
        return await app.engine.look(look)
    except Exception:  # the viewer opens it too
        return False


def _run_in_terminal(app: QuothApp, words: list[str], path: Path) -> None:
    """Give the terminal to a program until it ends."""
    failed = ""
    try:
        with app.suspend(), _undisturbed():
            try:
                subprocess.run(words, check=False)
            except OSError as error:  # caught in here: leaving suspend by an error would leave the terminal suspended
                failed = error.strerror or str(error)
    except SuspendNotSupported:
        failed = "this terminal cannot be handed over"
    if failed:
        app.notify(f"{_program(words)} could not be run: {failed}. The file is {path}", severity="error", timeout=10)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Ctrl+C is the program's: it would end the chat too. A handler, since the program would inherit being ignored."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


async def _run_beside(app: QuothApp, words: list[str], path: Path) -> None:
    """Start a program that has a window of its own, and say so if it fails soon."""
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(words, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    except OSError as error:
        app.notify(f"{_program(words)} could not be run: {error.strerror}. The file is {path}", severity="error")
        return
    app.notify(f"Opened with {_program(words)}.")
    for _ in range(int(SOON / 0.1)):
        if process.poll() is not None:
            break
        await asyncio.sleep(0.1)
    if process.returncode:
        app.notify(f"{_program(words)} could not open it. The file is {path}", severity="warning", timeout=10)
