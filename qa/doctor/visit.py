"""What the checks of one examination share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from qa.doctor.findings import Check, Finding
from qa.places import option
from qa.types import OnProgress, Progress

if TYPE_CHECKING:
    from qa.catalog import Catalog
    from qa.settings import Settings

SHOWN = 3
"""How many of many things a finding names."""


@dataclass(slots=True)
class Visit:
    """The library that is examined.

    deep: everything, or a sample. catalog: None where it cannot be opened. settings: None where they cannot be read.
    lost: the catalog is gone, or so damaged that only adding the files again will do.
    documents, chunks: how many there are, once the catalog was looked at.
    """

    folder: Path
    deep: bool
    report: OnProgress
    catalog: Catalog | None = None
    settings: Settings | None = None
    lost: bool = False
    documents: int = 0
    chunks: int = 0

    def quoth(self, command: str) -> str:
        """A quoth command line for this library."""
        return f"quoth {command}{option(self.folder)}"

    def damage(self, check: Check, what: str, mend: str | None = None) -> Finding:
        """A finding that `quoth rebuild` mends, or `mend`."""
        return self._found(check, "damage", what, mend)

    def warning(self, check: Check, what: str, mend: str | None = None) -> Finding:
        """The same, of what is no damage."""
        return self._found(check, "warning", what, mend)

    def step(self, doing: str, done: int, total: int) -> None:
        """Tell how far a long check is."""
        self.report(Progress("checking", min(done, total), total, doing))

    def _found(self, check: Check, severity: Literal["damage", "warning"], what: str, mend: str | None) -> Finding:
        return Finding(check, severity, " ".join(what.split()), self.quoth("rebuild") if mend is None else mend)


def named(things: list[str]) -> str:
    """The first of many things, and how many more there are."""
    rest = len(things) - SHOWN
    return ", ".join(things[:SHOWN]) + (f" and {rest:,} more" if rest > 0 else "")
