"""Around every command: exit codes, errors as one line or one JSON object, Ctrl-C, and a reader that goes away."""

from __future__ import annotations

import errno
import io
import os
import sys
import time
import traceback
import warnings
from collections.abc import Callable

from qa import logs
from qa.cli.output import INTERRUPTED, print_error
from qa.display import visible
from qa.errors import QuothError

_REFUSALS = {
    errno.EMFILE: "Let it have more open files (ulimit -n), then run the same again",
    errno.ENFILE: "Close other programs, then run the same again",
    errno.ENOSPC: "Make room on the disk, then run the same again",
    errno.EDQUOT: "Make room on the disk, then run the same again",
}
"""What the system refuses for reasons that are not Quoth's, and what to do."""


class Interrupted(Exception):
    """Ctrl-C, as an ordinary exception: typer would turn KeyboardInterrupt into an exit without a word."""


class ReaderGone(Exception):
    """Whoever read our output has closed it: `quoth sources | head`."""


class Misused(Exception):
    """The command line is wrong; `code` is the exit code. Without words where the help was printed instead."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def own_process() -> None:
    """Set up a process that is the quoth command and nothing else."""
    for stream, errors in ((sys.stdout, "backslashreplace"), (sys.stderr, "backslashreplace"), (sys.stdin, "replace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)  # no terminal or locale is too small for a document's characters
    if not os.environ.get("QUOTH_DEBUG") and not sys.warnoptions:
        warnings.simplefilter("ignore")  # they are for developers, not for the person at the terminal
    logs.start()


def run(arguments: list[str]) -> int:
    """Run the command line and return its exit code."""
    as_json = "--json" in arguments[: arguments.index("--") if "--" in arguments else None]
    began = time.monotonic()
    code = guarded(lambda: _invoke(arguments), as_json)
    logs.ended(code, time.monotonic() - began)
    return code


def guarded(work: Callable[[], int], as_json: bool = False) -> int:
    """What the work returns, which is an exit code; what it raises is said in one line, and logged."""
    debug = bool(os.environ.get("QUOTH_DEBUG"))
    try:
        code = work()
        sys.stdout.flush()
        return code
    except (ReaderGone, BrokenPipeError):
        # What is left in the buffer must not raise again when the interpreter flushes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Interrupted:
        print_error("interrupted", "Interrupted", as_json)
        return INTERRUPTED
    except Misused as error:
        if str(error):
            print_error(str(error), "UsageError", as_json)
        return error.code
    except QuothError as error:
        if debug:
            sys.stderr.write(visible(traceback.format_exc()))
        logs.log.info("%s", type(error).__name__)
        logs.content("%s", error)
        print_error(str(error), type(error).__name__, as_json)
        return 1
    except EOFError:
        print_error("nothing was done: the question was not answered", "Abort", as_json)
        return 1
    except Exception as error:
        if debug:
            sys.stderr.write(visible(traceback.format_exc()))
        logs.fault(error)
        print_error(_refused(error) or logs.in_short(error), type(error).__name__, as_json)
        return 1


def _refused(error: Exception) -> str | None:
    """What the system refused, and what to do; None for any other error."""
    if not isinstance(error, OSError) or error.errno not in _REFUSALS:
        return None
    where = f": {error.filename}" if error.filename else ""
    return f"the system refused: {error.strerror}{where}. {_REFUSALS[error.errno]}"


def _invoke(arguments: list[str]) -> int:
    from qa.cli.direct import chat_with, in_terminal, open_chat

    if (chat := chat_with(arguments)) is not None and in_terminal():
        try:
            return open_chat(*chat)
        except KeyboardInterrupt:
            raise Interrupted from None
    from qa.cli.app import invoke

    return invoke(arguments)
