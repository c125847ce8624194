"""The chat as a snapshot shows it: fixed answers and dates, still cursors, and no engine."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.color import Color
from textual.pilot import Pilot
from textual.strip import Strip
from textual.widgets import Input, TextArea
from textual.worker import Worker

from qa import Answer, Citation, Conversations, Library, Passage
from qa.types import Kind, mark_at
from tests.conftest import CORPUS
from tests.tui.conftest import wait_until
from tui.app import QuothApp

NOON = 1_767_268_800.0
"""When everything was added and asked: noon of the first of January 2026 in UTC, which the tests run in."""

COUNTS: Any = {"searched": 15, "documents": 15}
"""What every answer says of the documents of the sample corpus: all were searched."""

Quote = tuple[str, str]
"""A file of the sample corpus and words of it."""

SINGAPORE: Quote = ("2018-singapore-summit.pdf", "shook hands in front of a row of flags.")
METROPOLE: Quote = (
    "2019-hanoi-summit.md",
    "The meetings were held at the Sofitel Legend Metropole, a hotel of the French colonial period.",
)
YONGBYON: Quote = (
    "2019-hanoi-summit.md",
    "The two sides agree on what they disagreed about: how much relief should be given for the nuclear centre at\n"
    "Yongbyon.",
)
SEAFOOD: Quote = (
    "un-sanctions.txt",
    "Resolution 2397 of 22 December 2017 followed the first flight of the Hwasong-15.",
)

Act = Callable[[QuothApp, Pilot[int]], Awaitable[None]]


class Stage:
    """A library whose conversations a test writes, and the app over it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = Library(folder)

    @property
    def stored(self) -> Conversations:
        return self.library.conversations()

    def answered(self, question: str, text: str, *quotes: Quote, changed: bool = False, kind: Kind = "question") -> int:
        """A conversation of one question with its answer. changed: the cited files were others then."""
        cited = tuple(self._citation(number, quote, changed) for number, quote in enumerate(quotes, 1))
        timings = {"search": 9.0, "answer": 3.0, "total": 12.0}
        answer = Answer(question, question, text, "answered", 0.94, cited, timings=timings, kind=kind, **COUNTS)
        return self._finished(answer)

    def not_found(
        self,
        question: str,
        *nearest: Quote,
        unknown: tuple[str, ...] = (),
        where: tuple[str, ...] = (),
        understood: str = "",
    ) -> int:
        """A conversation of one question that the documents, or those of `where`, do not answer."""
        found = tuple(self.passage(quote) for quote in nearest)
        said = "The documents do not answer this."
        timings = {"total": 12.0}
        counts = COUNTS | ({"searched": len(where)} if where else {})
        answer = Answer(question, question, said, "not_found", 0.03, (), found, timings=timings, unknown_words=unknown)
        return self._finished(replace(answer, where=where, standalone_question=understood or question, **counts))

    def asked(self, question: str, where: tuple[str, ...] = ()) -> int:
        """A conversation of one question without an answer; its turn."""
        return self.stored.ask(self.stored.create().id, question, where=where).id

    def app(self) -> QuothApp:
        """The chat over the library; everything in it was made at noon of the same day."""
        self.library.close()
        for file, table, column in (
            ("catalog.sqlite", "sources", "added"),
            ("conversations.sqlite", "turns", "asked"),
            ("conversations.sqlite", "conversations", "updated"),
        ):
            if (path := self.folder / file).exists():
                with closing(sqlite3.connect(path)) as connection, connection:
                    connection.execute(f"UPDATE {table} SET {column} = ?", (NOON,))  # noqa: S608 (names of our own)
        return QuothApp(str(self.folder))

    def _finished(self, answer: Answer) -> int:
        turn = self.asked(answer.question, answer.where)
        return self.stored.finish(turn, answer).conversation

    def _citation(self, number: int, quote: Quote, changed: bool) -> Citation:
        place = self._place(quote)
        return Citation(number=number, verified=True, **place | ({"sha256": "0" * 64} if changed else {}))

    def passage(self, quote: Quote) -> Passage:
        """These words as a passage that was found."""
        place = self._place(quote)
        return Passage(text=place.pop("quote"), score=0.4, similarity=0.4, **place)

    def _place(self, quote: Quote) -> dict[str, Any]:
        """Where the words stand, wherever the document breaks its lines."""
        document = self.library.document(CORPUS / quote[0])
        found = re.search(r"\s+".join(map(re.escape, quote[1].split())), document.text)
        assert found
        mark = mark_at(document.marks, found.start())
        return {
            "quote": found[0],
            "source": document.source,
            "start": found.start(),
            "end": found.end(),
            "page": mark.page,
            "heading": mark.heading,
            "line": document.text.count("\n", 0, found.start()) + 1,
            "sha256": document.sha256,
        }


def scene(*acts: Act) -> Callable[[Pilot[int]], Awaitable[None]]:
    """What is done before the picture is taken: the chat comes up, then each act, then everything stands still."""

    async def play(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, QuothApp)
        app.animation_level = "none"
        await wait_until(pilot, lambda: app.chat.furnished.is_set() and app.chat.query_one("TopBar").facts)  # type: ignore[attr-defined]
        await settled(app, pilot)
        for act in acts:
            await act(app, pilot)
            await settled(app, pilot)
        for screen in app.screen_stack:  # what lies behind a dialog is seen too
            for cursor in [*screen.query(Input), *screen.query(TextArea)]:
                cursor.cursor_blink = False
        await settled(app, pilot)

    return play


async def settled(app: QuothApp, pilot: Pilot[int]) -> None:
    """Wait until no work is under way, and the screen stays as it is."""
    before: list[Strip] = []
    same, deadline = 0, time.monotonic() + 60
    while same < 3:
        assert time.monotonic() < deadline, f"still at work: {list(app.workers)}"
        await pilot.pause(0.01)
        working = [worker for worker in app.workers if not (worker.is_finished or _waits(worker))]
        now = [] if working or app.chat.busy else app.screen._compositor.render_strips()
        same = same + 1 if now and now == before else 0
        before = now


def _waits(worker: Worker[Any]) -> bool:
    """Whether it waits for questions, or for folders to look into, for as long as the screen is open."""
    return worker.name == "_loader" or getattr(worker._work, "__qualname__", "") == "Asking.run"


def opening(conversation: int) -> Act:
    """Open a conversation."""

    async def act(app: QuothApp, pilot: Pilot[int]) -> None:
        await app.chat.open_conversation(conversation)
        await wait_until(pilot, lambda: app.chat.talk.views())

    return act


def pressing(*keys: str) -> Act:
    """Press keys."""

    async def act(app: QuothApp, pilot: Pilot[int]) -> None:
        await pilot.press(*keys)

    return act


def command(line: str) -> Act:
    """Type a command and send it."""

    async def act(app: QuothApp, pilot: Pilot[int]) -> None:
        app.chat.prompt.text = line
        await pilot.press("enter")

    return act


def faint(app: QuothApp, least: float = 4.5) -> Iterator[tuple[float, str]]:
    """Texts on the screen in front that stand out less from their background than this, and by how much."""
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        x = 0
        for segment in strip:
            style, at = segment.style, (x, y)
            x += segment.cell_length
            if not style or not style.color or not style.bgcolor or not re.search(r"\w", segment.text):
                continue
            widget, _ = app.screen.get_widget_at(*at)
            if (widget is app.screen and app.screen.is_modal) or widget.is_disabled:
                continue
            ground = Color.from_rich_color(style.bgcolor)
            text = Color.from_rich_color(style.color)
            if style.dim:
                text = ground.blend(text, 0.66)
            if (ratio := contrast(text, ground)) < least:
                yield ratio, segment.text.strip()


def contrast(text: Color, ground: Color) -> float:
    """How a text stands out, from 1 to 21: the contrast ratio of the WCAG."""
    lighter, darker = sorted(map(_luminance, (text, ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
