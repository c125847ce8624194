"""Readers for further kinds of files, from packages that declare them as entry points of the group `quoth.readers`.

The name of an entry point is the suffix, so that nothing is imported to know what there is. The package itself is
imported in the child process alone (see `worker`), when the first file with its suffix is read.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qa.logs import log
from qa.reading import kinds

GROUP = "quoth.readers"

_SUFFIX = re.compile(r"[a-z0-9][a-z0-9_+-]{0,19}")
_FUNCTION = re.compile(r"\w+(?:\.\w+)*:\w+(?:\.\w+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Plugin:
    """A reader that is installed: for which suffix, "module:function", and of which package in which version."""

    suffix: str
    function: str
    package: str


@cache
def installed() -> Mapping[str, Plugin]:
    """The readers by suffix. What Quoth reads itself it goes on reading; of two packages the first by name has it.

    Looked up once in a process, in some 10 ms: a package that is installed meanwhile counts from the next one on.
    """
    found: dict[str, Plugin] = {}
    for plugin in sorted(_declared(), key=lambda one: one.package.partition(" ")[0]):
        if reason := _refused(plugin.suffix, plugin.function, found):
            log.info("the reader of %s for %s is not used: %s", plugin.package, ascii(plugin.suffix), reason)
        else:
            found[plugin.suffix] = plugin
    return found


def versions() -> str:
    """What is installed, in a line; empty where nothing is."""
    return ", ".join(sorted(f"{plugin.suffix} by {plugin.package}" for plugin in installed().values()))


def _declared() -> Iterator[Plugin]:
    """The readers that packages declare, in the order of the path."""
    from importlib import metadata

    for distribution in metadata.distributions(path=_places()):
        try:
            if GROUP not in (distribution.read_text("entry_points.txt") or ""):
                continue
            points = distribution.entry_points.select(group=GROUP)
            name, version = distribution.metadata["Name"], distribution.metadata["Version"]
        except Exception as error:  # of a package that is damaged, which may be none of ours, metadata raises anything
            log.info("a package is damaged, and its readers are not used: %s", type(error).__name__)
            continue
        if name and version:  # else half of it was removed
            for point in points:
                yield Plugin(point.name.lower(), point.value, f"{name} {version}")


def _refused(suffix: str, function: str, found: Mapping[str, Plugin]) -> str | None:
    if not _SUFFIX.fullmatch(suffix) or not _FUNCTION.fullmatch(function):
        return "that is no suffix, or no module:function"
    if kinds.is_built_in(suffix):
        return "Quoth reads such files itself"
    if suffix in found and found[suffix].function != function:  # the same package may lie in two places of the path
        return f"{found[suffix].package} has it"
    return None


def _places() -> list[str]:
    """Where the child process will find modules: not in the working directory, which may be a stranger's."""
    try:
        here = str(Path.cwd())
    except OSError:  # it was deleted
        here = ""
    return [place for place in sys.path if place and os.path.abspath(place) != here]  # noqa: PTH100
