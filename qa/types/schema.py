"""The version of what Quoth prints for other programs, and how what was printed is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SCHEMA_VERSION = 1
"""Version of every JSON object that Quoth prints; it rises when a field changes its meaning or goes."""


def known(kind: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that are fields of this dataclass; a newer version may have written more."""
    return {name: data[name] for name in kind.__dataclass_fields__ if name in data}
