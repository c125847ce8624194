"""Libraries that are not well, and doing what the doctor says."""

from __future__ import annotations

import shlex
import sqlite3
from contextlib import closing
from pathlib import Path

from qa import Finding, Library
from tests.conftest import Quoth, own_home

QUESTION, FACT = "When was the ferry Adelheid built?", "1931"


def make(place: Path, models: Path) -> Path:
    """A folder with a library in it, and the notes that it was made from."""
    (place / "notes").mkdir()
    (place / "notes" / "boat.md").write_text("# The boat\n\nThe ferry Adelheid was built in Bremen in 1931.\n")
    (place / "notes" / "tea.txt").write_text("The tea house opens at nine. It is closed on Mondays.\n")
    (place / "notes" / "long.txt").write_text(
        "\n\n".join(f"Lighthouse {number} was painted red in {1700 + number}. " * 12 for number in range(12))
    )
    with own_home(place / "home", models), Library(place / "library") as library:
        library.add([place / "notes"])
    return place


def change(library: Library, sql: str, *values: object) -> None:
    """Change the catalog behind Quoth's back."""
    with closing(sqlite3.connect(library.folder / "catalog.sqlite")) as connection, connection:
        connection.execute(sql, values)


def findings(library: Library, *, deep: bool = False) -> list[Finding]:
    return list(library.doctor(deep=deep).findings)


def damaged(library: Library, *, deep: bool = False) -> set[str]:
    """What is damaged, by check."""
    return {finding.check for finding in findings(library, deep=deep) if finding.severity == "damage"}


def mend(library: Library, quoth: Quoth) -> None:
    """Run the commands that the doctor names."""
    for line in {finding.mend for finding in findings(library, deep=True)}:
        for command in line.split(" && "):
            name, *arguments = shlex.split(command)
            assert name == "quoth", command
            assert quoth(*arguments).code == 0, command
    assert findings(library, deep=True) == []
    assert FACT in library.ask(QUESTION).text
