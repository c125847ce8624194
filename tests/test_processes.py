"""Whether a process runs, without doing anything to it."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from qa.processes import alive


def test_a_process_runs_until_it_has_ended_and_looking_does_nothing_to_it() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert alive(child.pid)
        assert alive(child.pid)
        assert child.poll() is None
        child.communicate(b"\n")
        assert child.returncode == 0
    assert not alive(child.pid)
    assert alive(os.getpid())
    assert alive(1)  # which is somebody else's, where the tests do not run as root


class _Kernel:
    """Windows with three processes: 10 runs, 11 has ended and is still held by somebody, 13 is another user's."""

    def __init__(self) -> None:
        self.closed: list[int | None] = []
        self.error = 0

    @property
    def OpenProcess(self) -> _Function:
        return _Function(self._open)

    def _open(self, _access: int, _inherit: bool, process: int) -> int | None:
        self.error = {13: 5}.get(process, 87)
        return {10: 70, 11: 77}.get(process)

    def WaitForSingleObject(self, handle: ctypes.c_void_p, _milliseconds: int) -> int:
        return {70: 0x102, 77: 0}[handle.value or 0]

    def CloseHandle(self, handle: ctypes.c_void_p) -> None:
        self.closed.append(handle.value)


class _Function:
    """A function of a library, whose result has a type."""

    restype: object = ctypes.c_int

    def __init__(self, does: Callable[..., int | None]) -> None:
        self._does = does

    def __call__(self, *given: object) -> int | None:
        return self._does(*given)


def test_on_windows_no_signal_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """There os.kill ends the process, with signal 0 too."""
    kernel = _Kernel()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "WinDLL", lambda *_, **__: kernel, raising=False)
    monkeypatch.setattr(ctypes, "get_last_error", lambda: kernel.error, raising=False)

    def kill(*_: object) -> None:
        raise AssertionError("a signal was sent")

    monkeypatch.setattr(os, "kill", kill)
    assert [alive(process) for process in (10, 11, 12, 13)] == [True, False, False, True]
    assert kernel.closed == [70, 77]
