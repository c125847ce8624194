"""Docstrings name fields and arguments as "k: how many passages." For the API reference these become lists.

mkdocstrings loads this as an extension of griffe, which reads the docstrings.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

import griffe

NAMES = re.compile(r"(?:(?<=^)|(?<=[.;] )|(?<=\.\) ))(\w+(?:, \w+)*): ")
"""Names at the beginning of a sentence, with a colon behind them."""

RAISES = re.compile(r"(?<=[.;)] )(?=(?:Raises |As `\w+` otherwise))")


class Fields(griffe.Extension):
    """Rewrites the docstrings of classes and functions."""

    def on_class(self, *, cls: griffe.Class, **_: Any) -> None:
        """A class with fields, or one that is called."""
        rewrite(cls, {*cls.members, *(one.name for one in cls.parameters)})

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        """A function with arguments."""
        rewrite(func, {one.name for one in func.parameters})


def rewrite(documented: griffe.Object, names: set[str]) -> None:
    """Put each field or argument of a docstring into a list of its own line."""
    if documented.docstring:
        documented.docstring.value = listed(inspect.cleandoc(documented.docstring.value), names)


def listed(docstring: str, names: set[str]) -> str:
    """The docstring with its fields and arguments as a Markdown list.

    names: of the fields or arguments; a colon behind anything else is a colon.
    """
    paragraphs = []
    for paragraph in re.split(r"\n{2,}", docstring):
        if paragraph.startswith("    "):  # code
            paragraphs.append(paragraph)
            continue
        text = " ".join(paragraph.split())
        starts = [found for found in NAMES.finditer(text) if names.issuperset(found[1].split(", "))]
        bounds = [*(found.start() for found in starts), len(text)]
        lines = [text[: bounds[0]], ""]
        for found, end in zip(starts, bounds[1:], strict=True):
            about, *rest = RAISES.split(text[found.end() : end], maxsplit=1)
            named = ", ".join(f"`{name}`" for name in found[1].split(", "))
            lines += [f"- {named}: {about.strip(' ;')}", *(f"\n{line}" for line in rest)]
        paragraphs.append("\n".join(lines).strip())
    return "\n\n".join(paragraphs)
