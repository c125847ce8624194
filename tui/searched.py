"""Which documents a question is, or was, asked of, in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui.outside import clipped

if TYPE_CHECKING:
    from qa import Answer

NAMED = 2
"""Documents that are called by their names; of more only their number is said."""

LONGEST_NAME = 40
"""Characters of such a name."""


def names(where: Sequence[str]) -> tuple[str, ...]:
    """The names of the files that a question is limited to, where it is to so few; else none."""
    if len(where) > NAMED or any(map(_is_pattern, where)):
        return ()
    found = tuple(clipped(Path(one).name, LONGEST_NAME) for one in where)
    return found if len(set(found)) == len(found) else ()  # of the same name in two folders: which is which?


def searched(where: Sequence[str], documents: int | None = None) -> str:
    """Which documents are searched. documents: how many there are, where it is about now."""
    if not where:
        return "all documents"
    if named := names(where):
        return f"only {' and '.join(named)}"
    if len(where) == 1:
        return f"documents like {where[0]}"
    return f"{len(where)} documents" if documents is None else f"{len(where)} of {documents} documents"


def stamp(answer: Answer, where: Sequence[str]) -> str:
    """Which documents an answer was sought in. where: what its question was limited to."""
    if answer.searched is None or answer.documents is None:  # an earlier version did not count them
        return searched(where)
    if not where:
        return "1 document" if answer.documents == 1 else f"all {answer.documents:,} documents"
    counted = f"{answer.searched:,} of {answer.documents:,} documents"
    about = names(where) or (where if len(where) == 1 else ())
    return f"{counted} ({', '.join(about)})" if about else counted


def not_found(answer: Answer, where: Sequence[str]) -> str:
    """Where an answer was sought in vain. where: what its question was limited to."""
    if not where:
        return "Not found in your documents"
    if named := names(where):
        return f"Not found in {' or '.join(named)}"
    count = len(where) if answer.searched is None else answer.searched
    if len(where) == 1:
        return f"Not found in the {count:,} documents like {where[0]}" if count > 1 else f"Not found in {where[0]}"
    return f"Not found in the {count:,} documents searched"


def _is_pattern(item: str) -> bool:
    return not Path(item).is_absolute() and any(sign in item for sign in "*?[")
