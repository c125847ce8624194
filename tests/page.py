"""Runs what a page of the documentation shows: `python -m tests.page PAGE.md`, in the folder that its paths are about.

All blocks run in one process, in their order: ```python as it stands, ```sh as lines of quoth commands, and ```console
as commands behind "$ " with what they print under them, where a line "..." stands for any others. A command must end
with the exit code 0, or with the one that its comment names: "# exit code 3". Other blocks are not run.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RUN = ("python", "sh", "console")

_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"#.*\bexit code (\d+)")
_TIME = re.compile(r"\d+(?:\.\d+)?(?= m?s\b)")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page. line: of the page, on which its text begins."""

    language: str
    text: str
    line: int


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks of a page's text."""
    for found in _FENCE.finditer(page):
        yield Block(found[1], found[2], page.count("\n", 0, found.start(2)) + 1)


def commands(block: Block) -> Iterator[tuple[str, list[str]]]:
    """The commands of a block, each with the lines that it is said to print."""
    prompt = "$ " if block.language == "console" else ""
    command = ""
    shown: list[str] = []
    for line in block.text.replace("\\\n", " ").splitlines():
        if line.startswith(prompt) and line.strip() and not line.startswith("#"):
            if command:
                yield command, shown
            command, shown = line.removeprefix(prompt), []
        elif prompt:
            shown.append(line)
    if command:
        yield command, shown


def run(page: Path) -> int:
    """Run the blocks of a page; how many there were."""
    names: dict[str, object] = {"__name__": "__main__"}
    count = 0
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.language not in RUN:
            continue
        count += 1
        if block.language == "python":
            exec(compile("\n" * (block.line - 1) + block.text, str(page), "exec"), names)  # noqa: S102 (our own page)
            continue
        for command, shown in commands(block):
            check(command, shown, f"{page.name}, line {block.line}: {command}")
    return count


def check(command: str, shown: list[str], where: str) -> None:
    """Run a quoth command, and compare how it ends and what it prints with what the page says."""
    from qa.cli import main

    wanted = _CODE.search(command)
    program, *arguments = shlex.split(command, comments=True)
    assert program == "quoth", f"{where}: only quoth commands are run; write it as text"
    with contextlib.redirect_stdout(io.StringIO()) as printed, contextlib.redirect_stderr(printed):
        code = main(arguments)
    print(f"$ {command}\n{printed.getvalue()}")
    assert code == (int(wanted[1]) if wanted else 0), f"{where}: it ended with {code}"
    left = _lines(printed.getvalue())
    for line in _lines("\n".join(shown)):
        if line != "...":
            assert line in left, f"{where}: it does not print, there: {line}"
            del left[: left.index(line) + 1]


def _lines(text: str) -> list[str]:
    """Lines as they are compared: without empty ones, and without times."""
    return [_TIME.sub("N", line.rstrip()) for line in text.splitlines() if line.strip()]


if __name__ == "__main__":
    print(f"{run(Path(sys.argv[1]))} blocks were run")
