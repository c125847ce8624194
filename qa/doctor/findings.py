"""What an examination of a library finds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from qa.types import SCHEMA_VERSION

# fmt: off
Check = Literal[
    "settings", "permissions", "catalog", "documents", "vectors", "words", "model", "index", "server", "sources",
    "conversations", "leftovers", "space",
]
# fmt: on
"""What was looked at."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    check: what was looked at when it was found.
    severity: "damage" when the library has lost something or cannot do its work; "warning" for what a person may want
        to know, such as a file that has changed since it was read.
    what: what is wrong, on one line.
    mend: what mends it: a command to run as it stands, or, where no command can, what to do.
    """

    check: Check
    severity: Literal["damage", "warning"]
    what: str
    mend: str

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Health:
    """What `Library.doctor` found.

    library: its name. folder: where it lies. deep: whether everything was looked at, or a sample.
    documents, chunks: how many it has; 0 where the catalog cannot be read.
    findings: in the order of the checks; none where all is well.
    seconds: how long it took.

    As JSON, `to_dict` gives these fields, "schema" (qa.types.SCHEMA_VERSION), and "sound"; each finding is an object of
    "check", "severity", "what" and "mend", all of them strings.
    """

    library: str
    folder: str
    deep: bool
    documents: int = 0
    chunks: int = 0
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0

    @property
    def sound(self) -> bool:
        """Whether nothing is damaged; there may be warnings."""
        return all(finding.severity != "damage" for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {"schema": SCHEMA_VERSION, "sound": self.sound, **asdict(self)}
