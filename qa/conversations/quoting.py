"""What answers hold of some sources: counting them, and taking it out of them."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path

from qa.conversations.records import Quoting
from qa.display import joined, visible
from qa.types import Answer

NAMED = 5
"""Sources that are written out where an answer was."""

_ANSWERS = "SELECT id, conversation, answer FROM turns WHERE answer IS NOT NULL"


def count(connection: sqlite3.Connection, paths: Collection[str]) -> Quoting:
    """How many answers hold text of sources that are one of these paths, or lie below one, or name such."""
    meant, found = _meant(paths), []
    for _, conversation, packed in connection.execute(_ANSWERS):
        if any(map(meant, _sources(Answer.from_dict(json.loads(packed))))):
            found.append(conversation)
    return Quoting(len(found), len(set(found)))


def take_out(connection: sqlite3.Connection, paths: Collection[str]) -> dict[int, int]:
    """Take the text of these sources out of the answers; the turns that are others now, with their conversations.

    An answer that cites or names one goes whole, since its text is made of what it cites, and of names and titles; so
    does one that a model wrote, which may say anything that was in its passages. Of others only the passages go. The
    question stays: the user wrote it.
    """
    meant, changed = _meant(paths), {}
    for turn, conversation, packed in connection.execute(_ANSWERS).fetchall():
        answer = Answer.from_dict(json.loads(packed))
        held = list(dict.fromkeys(filter(meant, _sources(answer))))
        if not held:
            continue
        changed[turn] = conversation
        quoted = answer.model != "quotes" or any(meant(citation.source) for citation in answer.citations)
        if not quoted and not any(map(meant, answer.named)):
            left = replace(answer, passages=tuple(one for one in answer.passages if not meant(one.source)))
            connection.execute("UPDATE turns SET answer = ? WHERE id = ?", (json.dumps(left.to_dict()), turn))
        else:
            names = joined([visible(Path(source).name, one_line=True) for source in held[:NAMED]], len(held))
            were = "was" if len(held) == 1 else "were"
            said = f"This answer {'quoted' if quoted else 'named'} {names}, which {were} removed."
            # A question that is just being asked again goes on.
            connection.execute(
                """UPDATE turns SET answer = NULL, error = iif(status = 'asked', NULL, ?),
                   status = iif(status = 'asked', status, 'removed') WHERE id = ?""",
                (said, turn),
            )
    return changed


def _sources(answer: Answer) -> Iterator[str]:
    """The sources whose text the answer holds, or whose names: those that it cites first."""
    yield from (citation.source for citation in answer.citations)
    yield from answer.named
    yield from (passage.source for passage in answer.passages)


def _meant(paths: Collection[str]) -> Callable[[str], bool]:
    """Whether a source is one of these paths or lies below one; as quick for thousands of them as for one."""
    named = set(paths)

    def meant(source: str) -> bool:
        while source not in named:
            above = os.path.dirname(source)  # noqa: PTH120 (a Path for each of them takes ten times as long)
            if above == source:
                return False
            source = above
        return True

    return meant
