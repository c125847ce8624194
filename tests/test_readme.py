"""What README.md shows is run as it stands."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

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
    (block,) = re.findall(r"^```\n((?:\$ .*\n)+)```$", README, re.MULTILINE)
    shutil.copytree(CORPUS, tmp_path / "articles")
    commands = [shlex.split(line.removeprefix("$ quoth ")) for line in block.splitlines()]
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
