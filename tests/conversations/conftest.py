"""Conversations in a folder of the test's own, and answers to keep in them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa import Answer, Citation, Conversations

FILE = "conversations.sqlite"


def answered(text: str = "It was built in 1871 [1].", quote: str = "It was built in 1871.") -> Answer:
    cited = Citation(1, quote, "/docs/lighthouse.md", None, "History", 3, 10, 10 + len(quote), "0" * 64, True)
    return Answer("q", "q", text, "answered", 0.9, (cited,))


NOT_FOUND = Answer("q", "q", "The documents do not answer this.", "not_found", 0.1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def kept(folder: Path) -> Iterator[Conversations]:
    found = Conversations(folder)
    yield found
    found.close()


def run(folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    """Another process that uses the same conversations, as `kept`."""
    begin = "import os, sys, pathlib, qa; kept = qa.Conversations(pathlib.Path(sys.argv[1]))"
    return subprocess.run(
        [sys.executable, "-c", f"{begin}\n{program}", str(folder)], capture_output=True, text=True, timeout=60
    )
