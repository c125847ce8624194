"""Where settings come from, which one wins, and what a mistake in them says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qa.errors import SettingsError
from qa.settings import config_file, load


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_later_places_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(config_file(), "[retrieval]\nk = 2\ncandidates = 60\nword_candidates = 5\n")
    assert load(tmp_path).retrieval.k == 2
    write(tmp_path / "quoth.toml", "[retrieval]\nk = 3\ncandidates = 70\n")
    monkeypatch.setenv("QUOTH_RETRIEVAL__K", "4")
    settings = load(tmp_path)
    assert (settings.retrieval.k, settings.retrieval.candidates, settings.retrieval.word_candidates) == (4, 70, 5)
    assert load(tmp_path, retrieval={"k": 9}).retrieval.k == 9


def test_nothing_is_read_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "quoth.toml", "[retrieval]\nk = 3\n")
    write(tmp_path / ".env", "QUOTH_RETRIEVAL__K=3\n")
    monkeypatch.chdir(tmp_path)
    assert load().retrieval.k == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[embedding]\nmodle = 'x'\n", "unknown setting embedding.modle in "),
        ("colour = 'red'\n", "unknown setting colour in "),
        ("[retrieval]\nk = 0\n", "the setting retrieval.k in "),
        ("[embedding\n", "quoth.toml cannot be read"),
        ("retrieval = 3\n", "the setting retrieval in "),
        (f"retrieval = {'[' * 20_000}", "quoth.toml cannot be read"),
        ("retrieval = { k = " * 3000, "quoth.toml cannot be read"),
        (f"[retrieval]\nk = 0x{'f' * 6000}\n", "cannot be so large a number"),
        (f"[retrieval]\nk = {'9' * 6000}\n", "quoth.toml cannot be read"),
        (f"[retrieval]\nk = '{'x' * 100_000}'\n", "xxx…: Input should be a valid integer"),
        ("'two\\nlines\x1b' = 1\n".replace("'", '"').replace("\x1b", "\\u001b"), "unknown setting two␊lines␛ in "),
        ("[reading]\nseconds = nan\n", "cannot be nan: Input should be a finite number"),
        ("[reading]\nmax_bytes = 1000000000000000000000\n", "Input should be less than or equal to"),
        ("[embedding]\nthreads = 1000000\n", "Input should be less than or equal to"),
    ],
)
def test_a_mistake_in_the_file_is_one_line_that_names_it(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path / "quoth.toml", text)
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    assert said in str(caught.value)
    assert str(tmp_path / "quoth.toml") in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "quoth.toml").write_bytes(b"\xff\xfe\x00garbage")
    with pytest.raises(SettingsError, match=r"quoth\.toml cannot be read"):
        load(tmp_path)


def test_a_pipe_or_device_for_a_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "quoth.toml")
    with pytest.raises(SettingsError, match="no settings file: too large, or not a regular file"):
        load(tmp_path)
    (tmp_path / "quoth.toml").unlink()
    (tmp_path / "quoth.toml").symlink_to("/dev/zero")
    with pytest.raises(SettingsError, match="no settings file: too large, or not a regular file"):
        load(tmp_path)


def test_a_variable_that_nests_without_end_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_CHAT__KEYS", '{"a":' * 5000)
    with pytest.raises(SettingsError, match="nested too deeply"):
        load()


@pytest.mark.parametrize("value", ["many", "0"])
def test_a_mistake_in_a_variable_names_the_variable(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("QUOTH_RETRIEVAL__K", value)
    with pytest.raises(SettingsError, match="QUOTH_RETRIEVAL__K"):
        load()
