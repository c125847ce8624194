"""What the table of documents calls them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qa import Source
from tui.rows import Rows


def test_names_are_relative_to_the_common_folder_or_to_home() -> None:
    def named(*paths: str) -> list[str]:
        rows = Rows([Source(path, "txt", 1, 1, 1, 0.0, "") for path in paths])
        return [rows.cells(path)[0] for path in paths]

    home = str(Path.home())
    assert named("/a/b/c.txt", "/a/b/d/c.txt") == ["c.txt", "d/c.txt"]
    assert named(f"{home}/a.txt", f"{home}/b/a.txt") == ["~/a.txt", "~/b/a.txt"]
    assert named(f"{home}/x/a.txt", f"{home}/x/b.txt") == ["a.txt", "b.txt"]
    assert named("/a/b.txt", f"{home}/b.txt") == ["/a/b.txt", "~/b.txt"]
    assert named(os.fsdecode(b"/a/\xff.txt")) == [os.fsdecode(b"\xff.txt")]


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (99_949, "100 kB"), (999_600, "1.0 MB"), (5e12, "5000 GB")],
)
def test_sizes_are_said_for_people(size: int, said: str) -> None:
    assert Rows([Source("/a/b", "txt", size, 1, 1, 0.0, "")]).cells("/a/b")[2] == said


def test_rows_are_sorted_once_for_an_order_and_filtered_in_it() -> None:
    rows = Rows([Source(f"/a/{name}.txt", "txt", size, 1, 1, 0.0, "") for size, name in enumerate("dbac")])
    compared: list[str] = []
    names = dict(rows.names)

    class Noted(dict[str, str]):
        def __getitem__(self, key: str) -> str:
            compared.append(key)
            return names[key]

    rows.names = Noted(names)
    assert rows.keys((0, False), "") == ["/a/a.txt", "/a/b.txt", "/a/c.txt", "/a/d.txt"]
    assert compared
    compared.clear()
    assert rows.keys((0, False), "TXT b") == ["/a/b.txt"]
    assert rows.keys((0, False), "txt") == ["/a/a.txt", "/a/b.txt", "/a/c.txt", "/a/d.txt"]
    assert not compared
    assert rows.keys((2, True), "txt") == ["/a/c.txt", "/a/a.txt", "/a/b.txt", "/a/d.txt"]
