"""What a stored Chroma index says of itself, read before Chroma opens it: one that names code to run is not opened.

A collection keeps the configuration of its embedding function, and Chroma builds that function again for whoever asks
for it. Some of them load a model with code of its own. Quoth stores its collections without one.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

FILE = "chroma.sqlite3"

_NONE = ("legacy", "unknown")
"""What Chroma 1.5 writes as the type of an embedding function where there is none."""


def names_no_code(index: Path) -> bool:
    """Whether none of the collections in an index's folder has an embedding function.

    False as well for what cannot be read: that is no index of Quoth's either. Nothing is changed and nothing built.
    """
    try:
        database = sqlite3.connect(f"{(index / FILE).absolute().as_uri()}?mode=ro", uri=True, timeout=10)
        try:
            database.execute("PRAGMA trusted_schema = OFF")
            rows = database.execute("SELECT config_json_str, schema_str FROM collections").fetchall()
        finally:
            database.close()
        return bool(rows) and not any(_builds(json.loads(text)) for row in rows for text in row if text)
    except (sqlite3.Error, OSError, ValueError, TypeError, RecursionError):
        return False


def _builds(found: Any) -> bool:
    """Whether an embedding function is described anywhere in a configuration."""
    waiting = [found]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            described = value.get("embedding_function")
            if described and not (isinstance(described, dict) and described.get("type") in _NONE):
                return True
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False
