"""What reaches the screen is legible and cannot act on it."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.display import short_path, visible

ANY_TEXT = st.text(st.characters(codec=None, categories=None))

DRAWN = {"\u0600", "\u0601", "\u0602", "\u0603", "\u0604", "\u0605", "\u06dd", "\u070f", "\u0890", "\u0891", "\u08e2"}
"""Format characters that are signs of their script (numbers, verses): they are drawn, so they stay."""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("a\x7fb", "a␡b"),
        ("\x9b31m", "\\x9b31m"),
        ("safe\u202etxt.exe", "safe\\u202etxt.exe"),
        ("pass\u200bword", "pass\\u200bword"),
        ("a\rb", "a␍b"),
        ("caf\udce9", "caf\\xe9"),
        ("\ud800", "\\ud800"),
        ("hidden\U000e0041", "hidden\\U000e0041"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
        ("two\r\nlines\tand a tab", "two\nlines\tand a tab"),
    ],
)
def test_what_a_terminal_would_obey_or_not_draw_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("text", ["👨‍👩‍👧", "می‌خواهم", "葛\U000e0100", "Zürich, 東京, naïve ✓"])
def test_what_the_scripts_of_the_world_need_stays(text: str) -> None:
    assert visible(text) == text


def test_a_line_stays_one_line() -> None:
    assert visible("a\nb\tc\r\nd", one_line=True) == "a␊b␉c␊d"


@given(ANY_TEXT)
def test_nothing_dangerous_is_left_of_any_text(text: str) -> None:
    shown = visible(text)
    assert not {c for c in shown if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and c not in "\n\t"}
    assert visible(shown) == shown
    shown.encode()


def test_every_format_character_is_known() -> None:
    every = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"]
    kept = {c for c in every if visible(f"a{c}b") == f"a{c}b"}
    egyptian = {chr(code) for code in range(0x13430, 0x13440)}
    assert kept - egyptian == DRAWN | {"\U000110bd", "\U000110cd"}


def test_paths_are_short_below_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert short_path(str(tmp_path / "notes" / "a.txt")) == os.path.join("notes", "a.txt")
    assert short_path(str(tmp_path.parent / "b.txt")) == str(tmp_path.parent / "b.txt")
    assert short_path(str(tmp_path / "..b.txt")).endswith("..b.txt")
    assert short_path(str(tmp_path / "a\nb\x1b.txt")) == "a␊b␛.txt"


def test_paths_are_whole_when_the_working_directory_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert short_path("/notes/a.txt") == "/notes/a.txt"
