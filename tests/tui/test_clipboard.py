"""Copying to the system's clipboard, through programs that a test puts on the PATH."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tui import clipboard

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the clipboard of another system")

Program = Callable[[str, str], None]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Puts a shell script on a PATH of its own; $OUT in it is a file that `taken` reads."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("OUT", str(tmp_path / "out"))
    monkeypatch.setenv("PATH", f"{folder}")

    def put(name: str, script: str) -> None:
        (folder / name).write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
        (folder / name).chmod(0o755)

    return put


def taken() -> bytes:
    return Path(os.environ["OUT"]).read_bytes()


@pytest.mark.parametrize(
    ("name", "arguments"), [("xclip", "-selection clipboard"), ("xsel", "--input --clipboard"), ("wl-copy", "")]
)
def test_the_program_of_the_desktop_gets_the_text(
    program: Program, monkeypatch: pytest.MonkeyPatch, name: str, arguments: str
) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    program(name, 'echo "$@" >"$OUT"; cat >>"$OUT"')
    assert clipboard.copy("“Größe”\n中") == (True, "Copied (9 characters).")
    assert taken() == f"{arguments}\n“Größe”\n中".encode()


def test_a_name_that_is_no_text_is_copied_as_far_as_it_goes(program: Program) -> None:
    program("xclip", 'cat >"$OUT"')
    assert clipboard.copy("x\udcff") == (True, "Copied (2 characters).")
    assert taken() == b"x?"


def test_the_next_program_is_tried_where_one_fails(program: Program) -> None:
    program("xclip", "exit 1")
    program("xsel", 'cat >"$OUT"')
    assert clipboard.copy("x") == (True, "Copied (1 character).")


def test_a_program_that_stays_to_serve_the_text_is_not_waited_for(program: Program) -> None:
    program("xclip", 'cat >"$OUT"; sleep 5 & exit 0')
    started = time.monotonic()
    assert clipboard.copy("x")[0]
    assert time.monotonic() - started < 4


def test_one_that_does_not_answer_is_told_of(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clipboard, "WAIT", 0.2)
    program("xclip", "exec sleep 60")
    worked, said = clipboard.copy("x" * 1_000_000)
    assert not worked
    assert said == "Sent to the terminal (OSC 52); the system clipboard failed: xclip does not answer."


def test_what_failed_is_said(program: Program) -> None:
    assert clipboard.copy("x")[1].endswith("the system clipboard failed: no wl-copy, xclip or xsel.")
    program("xclip", "exit 3")
    assert clipboard.copy("x")[1].endswith("the system clipboard failed: xclip ended with 3.")


def test_without_a_desktop_no_program_is_tried(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    program("xclip", 'cat >"$OUT"')
    monkeypatch.delenv("DISPLAY")
    assert clipboard.copy("x") == (
        False,
        "Sent to the terminal (OSC 52); the system clipboard failed: there is none here.",
    )
    assert not Path(os.environ["OUT"]).exists()
