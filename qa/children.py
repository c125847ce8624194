"""Programs of Quoth's own that run as child processes."""

from __future__ import annotations

import os
import sys
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
