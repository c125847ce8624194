"""Where settings come from, which one wins, and what a mistake in them says."""

from __future__ import annotations

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
    ],
)
def test_a_mistake_in_the_file_is_one_line_that_names_it(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path / "quoth.toml", text)
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    assert said in str(caught.value)
    assert str(tmp_path / "quoth.toml") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "quoth.toml").write_bytes(b"\xff\xfe\x00garbage")
    with pytest.raises(SettingsError, match=r"quoth\.toml cannot be read"):
        load(tmp_path)


@pytest.mark.parametrize("value", ["many", "0"])
def test_a_mistake_in_a_variable_names_the_variable(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("QUOTH_RETRIEVAL__K", value)
    with pytest.raises(SettingsError, match="QUOTH_RETRIEVAL__K"):
        load()
