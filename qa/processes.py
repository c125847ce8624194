"""Other processes of this machine."""

from __future__ import annotations

import os
import sys

_SYNCHRONIZE, _DENIED, _STILL_RUNNING = 0x00100000, 5, 0x102
"""Of the Windows API: the right to wait for a process, ERROR_ACCESS_DENIED and WAIT_TIMEOUT."""


def alive(process: int) -> bool:
    """Whether a process of this number runs, ours or somebody else's. Looks only: nothing is sent to it."""
    if sys.platform == "win32":
        return _alive_on_windows(process)  # where os.kill would end it, whatever the signal
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True


def _alive_on_windows(process: int) -> bool:
    import ctypes

    kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    kernel.OpenProcess.restype = ctypes.c_void_p
    handle = kernel.OpenProcess(_SYNCHRONIZE, False, process)
    if not handle:
        return bool(ctypes.get_last_error() == _DENIED)  # type: ignore[attr-defined,unused-ignore]
    try:
        return bool(kernel.WaitForSingleObject(ctypes.c_void_p(handle), 0) == _STILL_RUNNING)
    finally:
        kernel.CloseHandle(ctypes.c_void_p(handle))
