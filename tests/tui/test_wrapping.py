"""Where lines begin: every character in one of them, none wider than there is room."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

import tui.wrapping
from qa.display import visible
from tui.wrapping import BLOCK, line_at, line_starts

TEXTS = st.text(
    st.sampled_from("ab \n-中文ｗ😀é\u0301\u0e33\ufe0f\u200d❤👩👨🏽[]ﷺ") | st.characters(), max_size=200
).map(visible)
WIDTHS = st.integers(1, 40)


def lines(text: str, width: int) -> list[str]:
    starts = list(line_starts(text, width))
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


@given(TEXTS, WIDTHS)
@example("👩\u200d👩\u200d👩", 2)
@example("❤\ufe0f" * 9, 3)
def test_every_character_is_in_one_line_that_is_no_wider_than_there_is_room(text: str, width: int) -> None:
    found = lines(text, width)
    assert "".join(found) == text
    assert all(found) or not text
    for line in found:
        assert "\n" not in line[:-1]
        assert cell_len(line.rstrip("\n").rstrip(" ")) <= max(width, 2)


@given(TEXTS, WIDTHS)
def test_a_line_is_found_by_any_of_its_characters(text: str, width: int) -> None:
    starts = line_starts(text, width)
    numbers = [line_at(starts, offset) for offset in range(len(text))]
    assert [number for number, line in enumerate(lines(text, width)) for _ in line] == numbers


@given(st.lists(st.sampled_from(["a", "bcd", "e" * 50, "中文字", "\n"])).map(" ".join), WIDTHS, st.integers(1, 80))
def test_texts_longer_than_a_block_wrap_as_short_ones_do(text: str, width: int, block: int) -> None:
    whole = line_starts(text, width)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tui.wrapping, "BLOCK", block)
        assert line_starts(text, width) == whole


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("", 10, [""]),
        ("one two three", 7, ["one two ", "three"]),
        ("one two three", 8, ["one two ", "three"]),
        ("one two   \nthree", 7, ["one two   \n", "three"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("to abcdefghij", 4, ["to ", "abcd", "efgh", "ij"]),
        ("a\n\nb\n", 4, ["a\n", "\n", "b\n"]),
        ("abcd\nef", 4, ["abcd\n", "ef"]),
        ("中文字符", 5, ["中文", "字符"]),
        ("in 中文字符", 7, ["in 中文", "字符"]),
        ("中文 words", 6, ["中文 ", "words"]),
        ("cafe\u0301s", 4, ["cafe\u0301", "s"]),
    ],
)
def test_lines_break_at_spaces_and_around_wide_characters(text: str, width: int, expected: list[str]) -> None:
    assert lines(text, width) == expected


def test_ascii_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[str] = []
    measure = tui.wrapping.get_character_cell_size
    monkeypatch.setattr(
        tui.wrapping, "get_character_cell_size", lambda character: measured.append(character) or measure(character)
    )
    prose = "How many times did the two leaders meet?\n" * BLOCK
    assert len(line_starts(prose, 30)) == 2 * BLOCK
    assert not measured
    line_starts("中文" * BLOCK, 30)
    assert sorted(measured) == ["中", "文"]
