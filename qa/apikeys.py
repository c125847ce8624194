"""Keys: names of settings and variables that hold one, and texts in which one may have got."""

from __future__ import annotations

import os
import re

STARS = "**********"
"""What is shown instead of a key; pydantic's SecretStr shows the same."""

_NAME = re.compile(r"(key|token|secret|password|credentials?)$", re.IGNORECASE)

_SHORTEST = 8
"""Characters from which on a value is taken for a key; "none" and "x" stand in such variables too."""


def is_key(name: str) -> bool:
    """Whether a setting or variable of this name holds a key, so that its value is shown nowhere."""
    return bool(_NAME.search(name))


def hidden(text: str) -> str:
    """The text with stars for each key of the environment: errors of model providers repeat the key they were given."""
    for name, value in os.environ.items():
        if len(value) >= _SHORTEST and is_key(name) and value in text:
            text = text.replace(value, STARS)
    return text
