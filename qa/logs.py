"""The quoth command's log: what it did and what went wrong, for a report of a fault, and nothing of the documents.

Only the command writes it. A program that imports qa decides about logs itself.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from qa import private
from qa.apikeys import hidden
from qa.display import visible

if TYPE_CHECKING:
    from qa.types import Answer

FILE = "quoth.log"
SIZE = 1_000_000
"""Bytes of the log after which it is set aside; three of those are kept."""

KEPT = 3

FRAMES = 50
"""The last frames of a traceback, which are logged; endless recursion has a thousand."""

log = logging.getLogger("quoth")
"""Takes counts, times and names of libraries; what documents, questions or keys may be part of goes to `content`."""

log.addHandler(logging.NullHandler())  # else Python shows errors on standard error where nobody has set up logs

_ROOT = str(Path(__file__).resolve().parent.parent) + os.sep
_OURS = tuple(f"{_ROOT}{package}{os.sep}" for package in ("qa", "tui"))
_handler: _File | None = None


def file() -> Path:
    """Where the log is, once there is one."""
    return platformdirs.user_state_path("quoth", appauthor=False) / FILE


def start() -> None:
    """Keep a log from now on, also of what ends a thread. A log that cannot be written disturbs nothing."""
    global _handler
    _handler = _File(file(), maxBytes=SIZE, backupCount=KEPT, encoding="utf-8", errors="backslashreplace", delay=True)
    logging.getLogger().addHandler(_handler)
    log.setLevel(logging.INFO)
    if not os.environ.get("QUOTH_DEBUG"):  # Python would show their words and lines on the screen
        threading.excepthook = lambda ended: fault(None if ended.exc_type is SystemExit else ended.exc_value)
        sys.unraisablehook = lambda ended: fault(ended.exc_value)


def keep_content() -> None:
    """Let the log hold questions, the text of documents and the words of errors too, as --debug-content asks."""
    if _handler is not None:
        _handler.content = True


def keeps_content() -> bool:
    """Whether the log may hold such text."""
    return _handler is not None and _handler.content


def content(message: str, *values: object) -> None:
    """Log what may hold text of documents or questions, if that was asked for."""
    if keeps_content():
        log.info(message, *values)


def answered(answer: Answer) -> None:
    """Log that a question was answered, and how long it took."""
    counts = len(answer.passages), len(answer.citations)
    milliseconds = answer.timings.get("total", 0.0)
    log.info("%s: %d passages, %d citations, %.0f ms", answer.status, *counts, milliseconds)
    content("answer: %s", answer.text)


def ended(code: int, seconds: float) -> None:
    """Log how a command ended that has logged its beginning: help and completion have not."""
    if _handler is not None and _handler.written:
        log.info("exit code %d after %.1f seconds", code, seconds)


def fault(error: BaseException | None) -> None:
    """Log an error that is a fault of the program: its kind and where it happened."""
    if error is not None:
        log.error("a fault", exc_info=error)


def in_short(error: BaseException) -> str:
    """A fault in one line that holds nothing of a document: its kind, where in Quoth it happened, where the log is."""
    frames = traceback.extract_tb(error.__traceback__)
    place = next((frame for frame in reversed(frames) if frame.filename.startswith(_OURS)), None)
    at = f" at {place.filename.removeprefix(_ROOT)}:{place.lineno}" if place else ""
    more = f"the log is {file()}" if _handler and _handler.written else "QUOTH_DEBUG=1 shows more"
    return f"a fault in Quoth: {type(error).__name__}{at} ({more})"


class _File(RotatingFileHandler):
    """A file for its owner alone; what keeps it from being written is nobody's concern.

    content: whether it may hold what documents and questions say. written: whether anything has been written.
    """

    content = False
    written = False

    def _open(self) -> Any:
        path = Path(self.baseFilename)
        private.make_folder(path.parent)
        private.make_file(path)
        return super()._open()

    def format(self, record: logging.LogRecord) -> str:
        said = record.getMessage() if self.content or record.name == log.name else "(--debug-content keeps the text)"
        error = record.exc_info[1] if record.exc_info else None
        lines = [f"{record.name}: {said}", *(_frames(error, self.content) if error else ())]
        head = f"{logging.Formatter().formatTime(record)} {record.levelname} [{record.process}] "
        return head + "\n    ".join(visible(hidden(line), one_line=True) for line in lines)

    def emit(self, record: logging.LogRecord) -> None:
        self.written = True
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk, a folder that cannot be written to: the command goes on without its log."""
        del record
        self.written = False


def _frames(error: BaseException, words: bool) -> Iterator[str]:
    """An error and those behind it: kinds and places, without the words of each unless they are asked for."""
    seen: set[int] = set()
    behind: BaseException | None = error
    while behind is not None and id(behind) not in seen:
        seen.add(id(behind))
        yield f"{type(behind).__name__}{f': {behind}' if words else ''}"
        for frame in traceback.extract_tb(behind.__traceback__, -FRAMES):
            yield f"  {frame.filename.removeprefix(_ROOT)}:{frame.lineno} in {frame.name}"
        behind = behind.__cause__ or (None if behind.__suppress_context__ else behind.__context__)
