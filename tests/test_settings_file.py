"""One setting is written into a quoth.toml, and nothing else in it changes."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from qa.errors import SettingsError
from qa.settings_file import write


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[answer]\nmodel = "new"\n'),
        ("# mine\nlibrary = 'news'", "# mine\nlibrary = 'news'\n\n[answer]\nmodel = \"new\"\n"),
        ('[answer] # how\nmodel = "old" # why\nseed = 3\n', '[answer] # how\nmodel = "new" # why\nseed = 3\n'),
        ("[answer]\r\n  model='o\"ld'\r\n", '[answer]\r\n  model = "new"\r\n'),
        ("[answer]", '[answer]\nmodel = "new"\n'),
        (
            "[embedding]\nmodel = 'e'\n\n[answer]\n# model = 'x'\nseed = 1\n\n[chat]\n",
            "[embedding]\nmodel = 'e'\n\n[answer]\nmodel = \"new\"\n# model = 'x'\nseed = 1\n\n[chat]\n",
        ),
        ('[answer]\nmodel = "a # \\" b" # c\n', '[answer]\nmodel = "new" # c\n'),
    ],
)
def test_the_rest_stays_as_it_was_written(before: str, after: str, tmp_path: Path) -> None:
    file = tmp_path / "folder" / "quoth.toml"
    if before:
        file.parent.mkdir()
        file.write_bytes(before.encode())
    write(file, "answer", "model", "new")
    assert file.read_bytes().decode() == after
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]
    write(file, "answer", "model", 'ü"\\\n')
    assert tomllib.loads(file.read_text(encoding="utf-8"))["answer"]["model"] == 'ü"\\\n'


@pytest.mark.parametrize(
    "text",
    [
        "answer = {model = 'old'}\n",
        "answer.model = 'old'\n",
        "library = '''\n[answer]\n'''\n",
        "answer = 3\n",
        "[answer]\nmodel = '''old'''\n",
        "no toml",
    ],
)
def test_what_cannot_be_set_line_by_line_is_left_alone(text: str, tmp_path: Path) -> None:
    file = tmp_path / "quoth.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as raised:
        write(file, "answer", "model", "new")
    assert str(file) in str(raised.value)
    assert file.read_text() == text
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    kept, file = tmp_path / "dotfiles.toml", tmp_path / "quoth.toml"
    kept.write_text("library = 'news'\n")
    file.symlink_to(kept)
    write(file, "answer", "model", "new")
    assert file.is_symlink()
    assert "new" in kept.read_text()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be"):
        write(tmp_path / "file" / "quoth.toml", "answer", "model", "new")
