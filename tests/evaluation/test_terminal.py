"""`quoth eval` in a real terminal of 80 by 24: its progress, and Ctrl-C."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import CORPUS
from tests.terminal import Terminal

pytestmark = pytest.mark.slow


def test_interrupting_measures_what_was_asked(terminal: Terminal, tmp_path: Path, sample_library: Path) -> None:
    (tmp_path / "mine.jsonl").write_bytes(20 * (CORPUS / "questions.jsonl").read_bytes())
    terminal.type(f"quoth eval mine.jsonl -l {sample_library} --save part.json >report.txt; echo left with $?")
    terminal.wait_for("asking")
    terminal.wait_for("/s ")  # it goes on for long enough to say how fast
    terminal.press("C-c")
    shown = terminal.wait_for("left with 130")
    value = json.loads((tmp_path / "part.json").read_text())
    asked = len(value["records"])
    assert 0 < asked < 20 * 133
    assert f"Interrupted after {asked} of 2,660 questions; the figures are of these." in shown
    assert "Traceback" not in shown
    assert value["evaluation"]["stopped"] == "interrupted"
    assert f"{asked} question" in (tmp_path / "report.txt").read_text()
