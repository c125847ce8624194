"""Which documents a question is put to: `where`, a source, or a glob on the path below the folder that was added."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import InputError
from qa.places import absolute

if TYPE_CHECKING:
    from qa.holdings import Holdings

Where = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]

Allowed = Mapping[int, Sequence[str]]
"""Documents, by their number in the catalog, each with those of its paths that a search may name."""


def matcher(where: Where) -> Callable[[str, str], bool]:
    """Whether a source, with the root it was added from, is meant by `where`.

    It is when `where` has the source itself, or a glob that fits its path below the root. Looking up a source takes as
    long for thousands of sources in `where` as for one. Raises InputError for what is no path.
    """
    items = sources_and_globs(where)
    named = {*items, *(str(absolute(item)) for item in items)}
    globs = [re.compile(fnmatch.translate(item)).match for item in items if any(sign in item for sign in "*?[")]

    def matches(source: str, root: str) -> bool:
        below = os.path.relpath(source, root) if source != root else Path(source).name
        return source in named or below in named or any(fits(below) for fits in globs)

    return matches


def sources_and_globs(where: Where | None) -> tuple[str, ...]:
    """What a search is limited to, one by one; none where it is not limited. Raises InputError for what is no path."""
    if where is None:
        return ()
    items = [where] if isinstance(where, (str, os.PathLike)) else where
    # What can be gone through only once would be taken for nothing the second time.
    if not isinstance(items, Collection) or not all(isinstance(item, (str, os.PathLike)) for item in items):
        raise InputError(f"where is a source, a glob or a list of them, not {where!r:.80}")
    return tuple(os.fspath(item) for item in items)


def fitting(catalog: Holdings, where: Where) -> Allowed:
    """The documents that `where` allows, each with those of its paths that fit. Raises InputError for none."""
    found: dict[int, list[str]] = {}
    matches = matcher(where)
    for path, stored in sorted(catalog.stored_sources().items()):
        if matches(path, stored.root):
            found.setdefault(stored.document, []).append(path)
    if not found:
        raise InputError(f"no document of the library fits {where!r:.200}; `quoth sources` lists them")
    return found
