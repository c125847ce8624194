"""Programs of Quoth's own that run as child processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent


def command(module: str, *arguments: str) -> list[str]:
    """The command line that runs a module of Quoth with this interpreter.

    -P: the working directory may be a stranger's and hold a module of any name, so it is not looked into.
    """
    return [sys.executable, "-P", "-W", "ignore", "-m", module, *arguments]


def environment() -> dict[str, str]:
    """The environment for `command`: this one, with the folder that Quoth itself was loaded from."""
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path}


def run(module: str, *arguments: str, cancel: threading.Event | None = None) -> subprocess.CompletedProcess[str] | None:
    """Run a module of Quoth that calls `serve_parent` to its end; None when `cancel` was set and it was ended.

    It is ended by an exception here as well, and by the death of this process. Raises OSError when it cannot start.
    """
    ours, theirs = os.pipe()
    try:
        child = subprocess.Popen(
            command(module, *arguments),
            stdin=ours,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=environment(),
        )
        with child:
            try:
                while True:
                    try:
                        out, err = child.communicate(timeout=0.1)
                        if child.returncode and cancel and cancel.is_set():
                            return None  # by the same Ctrl-C, before it could leave it to us
                        return subprocess.CompletedProcess(child.args, child.returncode, out, err)
                    except subprocess.TimeoutExpired:
                        if cancel and cancel.is_set():
                            return None
            finally:
                child.kill()  # nothing where it has ended
    finally:
        os.close(ours)
        os.close(theirs)


def serve_parent() -> None:
    """In a program that `run` started: end with the parent, and leave Ctrl-C, which a terminal sends to both, to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.read(0, 1):
            pass
        os._exit(1)  # nothing was ever written: the parent's end of the pipe was closed with it

    threading.Thread(target=watch, daemon=True).start()
