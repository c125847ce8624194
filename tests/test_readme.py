"""What README.md shows is run as it stands."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest

from tests.chat_models.servers import OLLAMA, Server
from tests.conftest import CORPUS, ROOT, Quoth

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_does_what_it_says(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (block,) = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(block, "README.md", "exec"), names)  # noqa: S102 (our own file)
    printed = capsys.readouterr().out
    assert "\nanswered\n" in printed
    assert "fifty minutes" in printed  # how long they talked
    assert "[1] " in printed
    assert "died six days later in Ohio" in str(names["second"])  # who he is, is in the history
    assert "died six days later in Ohio" in printed
    assert names["passages"]


def test_the_first_commands_answer(quoth: Quoth, tmp_path: Path) -> None:
    (block,) = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    shutil.copytree(CORPUS, tmp_path / "articles")
    commands = [shlex.split(line.removeprefix("quoth ")) for line in block.splitlines()]
    assert [command[0] for command in commands] == ["add", "ask"]
    for command in commands:
        ran = quoth(*(word.replace("~/articles", str(tmp_path / "articles")) for word in command))
        assert ran.code == 0, ran
    assert "died six days later in Ohio" in ran.out


def test_the_question_for_make_is_answered(quoth: Quoth, sample_library: Path) -> None:
    (question,) = re.findall(r'`make ask Q="(.*?)"`', README)
    asked = quoth("ask", question, "--library", str(sample_library))
    assert asked.code == 0
    assert "a student of the University of Virginia" in asked.out


def test_ollama_takes_these_two_lines(quoth: Quoth, sample_library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ((package, model, command),) = re.findall(
        r"^pip install 'quoth\[(\w+)\]' && ollama pull (\S+)\nquoth (.*)$", README, re.MULTILINE
    )
    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert package in metadata["project"]["optional-dependencies"]
    assert quoth(*command.split()).code == 0
    with Server(OLLAMA.whole) as server:
        monkeypatch.setenv("OLLAMA_HOST", server.url)
        asked = quoth("ask", "Who was Otto Warmbier?", "--library", str(sample_library), "--json")
    assert asked.json["model"] == f"ollama:{model}"
    (request,) = server.asked
    assert (request.path, request.body["model"]) == ("/api/chat", model)
    assert "Hello there" in asked.json["text"]


def test_what_it_says_was_measured_is_what_was_measured() -> None:
    (compared,) = re.findall(r"^## Compared with\n(.*?)^## ", README, re.MULTILINE | re.DOTALL)
    figures = re.findall(r"\d+\.\d+(?= s\b|%)", compared)
    assert len(figures) >= 6
    measured = (ROOT / "benchmarks/README.md").read_text(encoding="utf-8")
    assert [figure for figure in figures if not re.search(rf"(?<![\d.]){re.escape(figure)}(?![\d.])", measured)] == []


def test_every_make_target_exists() -> None:
    made = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for page in ("README.md", "CONTRIBUTING.md", "docs/index.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert set(re.findall(r"(?:^|`)(?:[A-Z_]+=\S+ )?make ([a-z-]+)", text, re.MULTILINE)) <= set(made), page
