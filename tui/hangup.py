"""A terminal that goes away without a word."""

from __future__ import annotations

import os
import select
import signal
import threading

ENDED = 128 + signal.SIGHUP
"""The exit code, as a shell tells it of a process that ends with its terminal."""


def end_with_terminal(terminal: int) -> None:
    """End the process once this descriptor's terminal has gone, as a terminal that goes ends what it controls.

    A chat that was started without a controlling terminal (setsid, some containers) is sent no SIGHUP, and one under
    nohup does not heed it. Textual then reads the end of the file over and over, and what it writes fails. There is
    nobody left to ask or to tell, and what is committed is safe, as after a SIGHUP: so the process ends at once.
    """
    if os.isatty(terminal) and hasattr(select, "poll"):
        threading.Thread(target=_wait, args=(terminal,), name="quoth terminal", daemon=True).start()


def _wait(terminal: int) -> None:
    poll = select.poll()
    poll.register(terminal, 0)  # nothing but that it has gone
    poll.poll()
    os._exit(ENDED)
