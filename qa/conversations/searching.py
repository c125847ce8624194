"""Finding words in conversations: what is indexed of a turn, and what is shown of a hit."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

from qa.conversations.records import Hit, Turn
from qa.display import in_one_line, visible

LONGEST = 200
"""Characters that are shown of a hit; the first word stands at most so far into them:"""
_BEFORE = 60

Spans = tuple[tuple[int, int], ...]

_OPEN, _CLOSE = "\x02", "\x03"  # `visible` leaves neither in what is indexed
_MARKED = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}?")


def index(connection: sqlite3.Connection, turn: Turn) -> None:
    """Index a turn as it is now."""
    connection.execute("DELETE FROM said WHERE rowid = ?", (turn.id,))
    connection.execute(
        """INSERT INTO said (rowid, title, question, answer, quotes) VALUES (
               ?1, (SELECT title FROM conversations WHERE id = ?2
                    AND NOT EXISTS (SELECT 1 FROM turns WHERE conversation = ?2 AND id < ?1)), ?3, ?4, ?5)""",
        (
            turn.id,
            turn.conversation,
            in_one_line(turn.question),
            in_one_line(turn.answer.text) if turn.answer else "",
            "\n".join(in_one_line(citation.quote) for citation in turn.answer.citations) if turn.answer else "",
        ),
    )


def query(text: str) -> str:
    """What FTS5 is asked for all of the words of a text, the last one also as the beginning of a word."""
    words = [word.replace('"', '""') for word in visible(text).split() if any(map(str.isalnum, word))]
    return " ".join(f'"{word}"' for word in words) + "*" if words else ""


def hits(connection: sqlite3.Connection, text: str, limit: int) -> list[Hit]:
    """The turns that hold all of the words, best first by SQLite's bm25, then the newest."""
    wanted = query(text)
    if not wanted:
        return []
    count = wanted.count('" "') + 1
    rows = connection.execute(
        f"""SELECT t.conversation, t.id, c.title, t.asked, highlight(said, 1, '{_OPEN}', '{_CLOSE}'),
                   highlight(said, 2, '{_OPEN}', '{_CLOSE}'), highlight(said, 3, '{_OPEN}', '{_CLOSE}')
            FROM said JOIN turns t ON t.id = said.rowid JOIN conversations c ON c.id = t.conversation
            WHERE said MATCH ?1 AND said.rowid IN (
                SELECT rowid FROM said WHERE said MATCH ?1 ORDER BY rank, rowid DESC LIMIT ?2)
            ORDER BY said.rank, t.id DESC""",  # noqa: S608 (two constants)
        (wanted, limit),
    )
    return [_hit(count, *row) for row in rows]


def _hit(
    words: int, conversation: int, turn: int, title: str, asked: float, question: str, answer: str, quotes: str
) -> Hit:
    """A row as a hit. words: how many were searched for; of parts that hold as many of them the first one is shown."""
    quote = next((marked for marked in quotes.split("\n") if _OPEN in marked), "")
    parts = [("question", *_unmarked(question)), ("answer", *_unmarked(answer)), ("quote", *_unmarked(quote))]

    def held(part: tuple[str, str, Spans]) -> int:
        """How many of the words; one of them may stand there in several forms, as its beginning."""
        return min(len({part[1][start:end].casefold() for start, end in part[2]}), words)

    part, text, spans = max(parts, key=held)
    return Hit(conversation, turn, title, part, *_shortened(text, spans), asked, parts[0][1])  # type: ignore[arg-type]


def _unmarked(marked: str) -> tuple[str, Spans]:
    """A text without FTS5's marks, and what stood between them."""
    plain, spans, last = "", [], 0
    for match in _MARKED.finditer(marked):
        plain += marked[last : match.start()]
        spans.append((len(plain), len(plain) + len(match[1])))
        plain += match[1]
        last = match.end()
    return plain + marked[last:].replace(_CLOSE, ""), tuple(spans)


def _shortened(text: str, spans: Sequence[tuple[int, int]]) -> tuple[str, Spans]:
    """At most LONGEST characters around the first of the words, cut between words where that is possible."""
    if len(text) <= LONGEST:
        return text, tuple(spans)
    first = spans[0][0] if spans else 0
    start = 0 if first <= _BEFORE else text.find(" ", first - _BEFORE, first) + 1 or first
    before, after = "… " if start else "", " …"
    end = start + LONGEST - len(before) - len(after)
    if end >= len(text):
        end, after = len(text), ""
    elif (space := text.rfind(" ", start, end)) > first:
        end = space
    moved = len(before) - start
    inside = tuple((a + moved, min(b, end) + moved) for a, b in spans if start <= a < end)
    return f"{before}{text[start:end]}{after}", inside
