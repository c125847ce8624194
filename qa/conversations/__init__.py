"""Conversations: what was asked of a library and what came of it, kept in SQLite in the library's folder.

A question is stored before it is answered, so that nothing that happens meanwhile can lose it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa.conversations import quoting, schema, searching
from qa.conversations.chats import ended
from qa.conversations.records import Conversation, Hit, Quoting, Turn, TurnStatus
from qa.conversations.texts import clean, packed, shortened
from qa.errors import ConversationNotFound, InputError
from qa.places import require_own
from qa.questions import checked
from qa.types import Answer, Message

__all__ = ["Conversation", "Conversations", "Hit", "Quoting", "Turn", "TurnStatus"]

TITLE, SHOWN = 200, 60
"""Characters of a title that was given, and of one that is taken from the first question."""

_CONVERSATION = """
    SELECT id, title, created, updated, "where", (SELECT count(*) FROM turns WHERE conversation = c.id)
    FROM conversations c
"""
_TURN = """SELECT id, conversation, question, asked, status, "where", answer, error FROM turns"""

_KEPT = "status = coalesce(json_extract(answer, '$.status'), ?), error = ?"
"""A try that came to nothing leaves an earlier answer, with its status."""


class Conversations:
    """The conversations of a library's folder; may be used from several threads, and from several processes.

    Nothing is written before the first `create`. Every method raises LibraryError when the disk or another process is
    in the way or a newer version of Quoth made the file, LibraryDamaged when it is damaged, and those that are given a
    conversation or turn raise ConversationNotFound when it does not exist.
    """

    def __init__(self, folder: Path) -> None:
        """folder: of the library."""
        self._folder = folder
        self._file = folder / schema.FILE
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        with self._lock:
            if self._connection:
                self._connection.close()
            self._connection = None

    # Conversations

    def get(self, conversation: int) -> Conversation:
        """One conversation."""
        found = self._rows(f"{_CONVERSATION} WHERE id = ?", conversation)
        if not found:
            raise ConversationNotFound(f"there is no conversation {conversation}, or it was deleted")
        return self._conversation(*found[0])

    def create(self, title: str = "", where: Sequence[str] = ()) -> Conversation:
        """Begin a conversation. title: without one it takes that of its first question. where: see `limit`."""
        require_own(self._folder)
        now = time.time()
        with self._changing(create=True) as connection:
            row = connection.execute(
                """INSERT INTO conversations (title, created, updated, "where") VALUES (?, ?, ?, ?) RETURNING id""",
                (shortened(title, TITLE), now, now, packed(where)),
            ).fetchone()
            return self.get(row[0])

    def rename(self, conversation: int, title: str) -> None:
        """Give a title: one line, of which 200 characters are kept. Raises InputError for an empty one."""
        named = shortened(title, TITLE)
        if not named:
            raise InputError("the title is empty; type some words")
        with self._changing() as connection:
            self.get(conversation)
            connection.execute("UPDATE conversations SET title = ? WHERE id = ?", (named, conversation))
            for turn in self.turns(conversation)[:1]:
                searching.index(connection, turn)

    def limit(self, conversation: int, where: Sequence[str]) -> None:
        """Limit the questions to come to these sources and globs; none of them for all documents."""
        with self._changing() as connection:
            self.get(conversation)
            connection.execute('UPDATE conversations SET "where" = ? WHERE id = ?', (packed(where), conversation))

    def delete(self, conversation: int) -> None:
        """Delete a conversation so that none of its words is left in the file.

        Where another program or a full disk keeps some there, the next deletion erases them.
        """
        with self._changing() as connection:
            self.get(conversation)
            connection.execute(
                "DELETE FROM said WHERE rowid IN (SELECT id FROM turns WHERE conversation = ?)", (conversation,)
            )
            connection.execute("DELETE FROM conversations WHERE id = ?", (conversation,))
        self._erase()

    # Turns

    def turns(self, conversation: int) -> list[Turn]:
        """The turns of a conversation, oldest first."""
        found = self._rows(f"{_TURN} WHERE conversation = ? ORDER BY id", conversation)
        if not found:
            self.get(conversation)
        return [self._turn(*row) for row in found]

    def numbers(self, conversation: int) -> list[int]:
        """The ids of the turns of a conversation, oldest first; quick however long it is."""
        found = self._rows("SELECT id FROM turns WHERE conversation = ? ORDER BY id", conversation)
        if not found:
            self.get(conversation)
        return [turn for (turn,) in found]

    def some(self, turns: Sequence[int]) -> list[Turn]:
        """Those of these turns that there are, oldest first."""
        wanted = json.dumps([*turns])
        found = self._rows(f"{_TURN} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", wanted)  # noqa: S608
        return [self._turn(*row) for row in found]

    def ask(self, conversation: int, question: str, *, where: Sequence[str] | None = None) -> Turn:
        """Store a question, limited to `where` or as its conversation is; it has been written when this returns.

        Raises InputError for what cannot be asked.
        """
        question = checked(question)
        now = time.time()
        with self._changing() as connection:
            found = self.get(conversation)
            row = connection.execute(
                """INSERT INTO turns (conversation, question, asked, status, "where", process, began)
                   VALUES (?, ?, ?, 'asked', ?, ?, ?) RETURNING id""",
                (conversation, question, now, packed(found.where if where is None else where), os.getpid(), now),
            ).fetchone()
            if not found.title:
                title = shortened(question, SHOWN)
                connection.execute("UPDATE conversations SET title = ? WHERE id = ?", (title, conversation))
            return self._changed(connection, row[0])

    def ask_again(self, turn: int) -> Turn:
        """Say that a question is being answered anew; its answer stays until there is another."""
        return self._change(turn, "status = 'asked', error = NULL, process = ?, began = ?", os.getpid(), time.time())

    def finish(self, turn: int, answer: Answer) -> Turn:
        """Store the answer, without its explanation; of an earlier one nothing is left."""
        earlier = self.turn(turn).answer
        kept = replace(answer, explanation=None).to_dict()  # which is many times as long, and can be had again
        found = self._change(turn, "status = ?, answer = ?, error = NULL", answer.status, json.dumps(kept))
        if earlier:
            self._erase()
        return found

    def fail(self, turn: int, error: str) -> Turn:
        """Say why there is no answer; an earlier one stays, and so does a turn that is not being asked."""
        return self._end(turn, "failed", clean(error))

    def cancel(self, turn: int) -> Turn:
        """Say that the answer is no longer wanted; an earlier one stays, and so does a turn that is not being asked."""
        return self._end(turn, "cancelled", None)

    def interrupted(self) -> None:
        """Cancel the questions of chats that have ended without an answer to them; those of others go on.

        A chat is known by the number of its process. Where the system has given that number to another process, the
        turn stays "asked" until that one has ended too.
        """
        with self._lock:
            if self._opened() is None:
                return
            with self._changing() as connection:
                asked = self._rows("SELECT id, process, began FROM turns WHERE status = 'asked'")
                for turn in [turn for turn, process, began in asked if ended(process, began)]:
                    connection.execute(f"UPDATE turns SET {_KEPT} WHERE id = ?", ("cancelled", None, turn))  # noqa: S608

    # Looking

    def turn(self, turn: int) -> Turn:
        """One turn."""
        found = self._rows(f"{_TURN} WHERE id = ?", turn)
        if not found:
            raise ConversationNotFound(f"there is no turn {turn}, or its conversation was deleted")
        return self._turn(*found[0])

    def history(self, conversation: int, before: int | None = None, last: int = -1) -> list[Message]:
        """What was asked and answered, oldest first, up to the turn `before`, as `Library.ask` takes it.

        last: at most so many turns, the newest ones; all of them if it is negative.
        """
        found = self._rows(
            """SELECT question, json_extract(answer, '$.text') FROM turns
               WHERE conversation = ? AND id < ? AND answer IS NOT NULL AND status IN ('answered', 'not_found')
               ORDER BY id DESC LIMIT ?""",
            conversation,
            2**62 if before is None else before,
            last,
        )
        if not found:
            self.get(conversation)
        messages: list[Message] = []
        for question, text in reversed(found):
            messages += [Message(role="user", content=question), Message(role="assistant", content=text)]
        return messages

    def questions(self, limit: int = 500) -> list[str]:
        """The last questions of all conversations, oldest first; one that was repeated at once comes once."""
        found = self._rows(
            """SELECT question FROM (SELECT id, question, lag(question) OVER (ORDER BY id) AS earlier FROM turns)
               WHERE question IS NOT earlier ORDER BY id DESC LIMIT ?""",
            limit,
        )
        return [question for (question,) in reversed(found)]

    def search(self, text: str, limit: int = 50) -> list[Hit]:
        """The turns that hold all words of the text, the last of which may be the beginning of one; best first.

        Looks into titles, questions, answers and quotes, whatever the case and the accents. Nothing is an operator.
        """
        with self._lock, schema.told(self._file):
            connection = self._opened()
            return searching.hits(connection, text, limit) if connection else []

    # What they hold of documents

    def quoting(self, sources: Collection[str]) -> Quoting:
        """How many answers hold text of these sources, or of sources below these folders, or name them.

        sources: absolute paths, whether or not the library still has them.
        """
        with self._lock, schema.told(self._file):
            connection = self._opened()
            return quoting.count(connection, sources) if connection else Quoting(0, 0)

    def forget(self, sources: Collection[str]) -> Quoting:
        """Take the text of these sources out of all answers, so that none of it is left in the file; how many had any.

        An answer that cites or names one of them is gone, and its turn, now "removed", says so. Raises LibraryError
        also where something is left in the file; the next call erases it.
        """
        with self._lock:
            if self._opened() is None:
                return Quoting(0, 0)
            with self._changing() as connection:
                changed = quoting.take_out(connection, sources)
                for turn in changed:
                    searching.index(connection, self.turn(turn))
            with schema.told(self._file):
                schema.erase(connection)
            return Quoting(len(changed), len(set(changed.values())))

    # How it is read and written

    def _opened(self, *, create: bool = False) -> sqlite3.Connection | None:
        if self._connection is None:
            self._connection = schema.connect(self._folder, create=create)
        return self._connection

    def _rows(self, sql: str, *values: Any) -> list[Any]:
        with self._lock, schema.told(self._file):
            connection = self._opened()
            return connection.execute(sql, values).fetchall() if connection else []

    @contextmanager
    def _changing(self, *, create: bool = False) -> Iterator[sqlite3.Connection]:
        """Everything inside takes effect together, or not at all."""
        with self._lock, schema.told(self._file):
            connection = self._opened(create=create)
            if connection is None:
                raise ConversationNotFound("there are no conversations yet")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # a full disk has rolled back by itself
                    connection.execute("ROLLBACK")
                raise

    def _change(self, turn: int, assignments: str, *values: Any) -> Turn:
        with self._changing() as connection:
            connection.execute(f"UPDATE turns SET {assignments} WHERE id = ?", (*values, turn))  # noqa: S608
            return self._changed(connection, turn)

    def _changed(self, connection: sqlite3.Connection, turn: int) -> Turn:
        """A turn that was just asked or answered, indexed, with its conversation on top."""
        found = self.turn(turn)
        connection.execute("UPDATE conversations SET updated = ? WHERE id = ?", (time.time(), found.conversation))
        searching.index(connection, found)
        return found

    def _erase(self) -> None:
        """Leave nothing of what was deleted, if that can be done now; or else the next time does it."""
        with self._lock, suppress(sqlite3.OperationalError):
            if self._connection:
                schema.erase(self._connection)

    def _end(self, turn: int, status: TurnStatus, error: str | None) -> Turn:
        with self._changing() as connection:
            connection.execute(
                f"UPDATE turns SET {_KEPT} WHERE id = ? AND status = 'asked'",  # noqa: S608
                (status, error, turn),
            )
            return self.turn(turn)

    def _turn(self, *row: Any) -> Turn:
        number, conversation, question, asked, status, where, answer, error = row
        with schema.told(self._file):
            stored = Answer.from_dict(json.loads(answer)) if answer else None
            return Turn(number, conversation, question, asked, status, tuple(json.loads(where)), stored, error)

    def _conversation(self, *row: Any) -> Conversation:
        number, title, created, updated, where, turns = row
        with schema.told(self._file):
            return Conversation(number, title, created, updated, tuple(json.loads(where)), turns)

    # The last one, since its name is that of a type above
    def list(self) -> list[Conversation]:
        """All conversations, the one that was last asked or answered first."""
        return [self._conversation(*row) for row in self._rows(f"{_CONVERSATION} ORDER BY updated DESC, id DESC")]
