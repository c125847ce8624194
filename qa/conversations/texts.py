"""Texts as they are stored."""

from __future__ import annotations

import json
from collections.abc import Sequence


def packed(where: Sequence[str]) -> str:
    """What a question is limited to, as it is stored."""
    return json.dumps([where] if isinstance(where, str) else [*where])


def clean(text: str) -> str:
    """A text that SQLite can keep: without lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8")


def shortened(text: str, most: int) -> str:
    """A text on one line, cut at a word where it is longer than `most` characters."""
    line = " ".join(clean(text).split())
    return line if len(line) <= most else line[: most - 1].rsplit(" ", 1)[0] + "…"
