"""A conversation -> a file for other programs: Markdown to read, JSON with everything in it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from qa.conversations.records import Conversation, Turn
from qa.display import in_one_line, percent, visible
from qa.types import SCHEMA_VERSION, Answer, Citation, Passage

NEAREST = 3
"""How many of the nearest passages are named where the documents do not answer."""

_SPECIAL = re.compile(r"[\\`*_\[\]<>#&|~$]")
"""What means something anywhere in Markdown, its common extensions and HTML."""

_LEADING = re.compile(r"^(\d{0,9})([-+=:.)])", re.MULTILINE)
"""What means something at the beginning of a line, as of a list or under a heading."""

_MARK = re.compile(r"\\\[(\d+)\\\]([(:]?)")
"""A citation's mark after escaping, and what would make a link or a footnote's text of it."""


def to_markdown(conversation: Conversation, turns: Sequence[Turn]) -> str:
    """The conversation as Markdown; its citations are footnotes, numbered through the whole of it.

    What was asked and quoted is text there, whatever it looks like. Times are local, with how far they are from UTC.
    """
    parts = [f"# {_line(conversation.title) or 'Conversation'}", f"*{_time(conversation.created)}*"]
    notes: list[str] = []
    for turn in turns:
        parts += [f"## {_line(turn.question)}", _facts(turn)]
        if turn.answer:
            parts += _answered(turn.answer, notes)
        elif turn.status == "failed":
            parts.append(f"Not answered: {_line(turn.error or 'no reason was given')}")
        elif turn.status == "removed":
            parts.append(_line(turn.error or "The answer was removed."))
        else:
            parts.append("Cancelled." if turn.status == "cancelled" else "Not answered yet.")
    return "\n\n".join([*parts, *notes]) + "\n"


def to_json(conversation: Conversation, turns: Sequence[Turn]) -> str:
    """Everything that is kept of the conversation: one object, all ASCII, with "schema" (qa.types.SCHEMA_VERSION).

    Each answer is as `Answer.to_dict` gives it; times are seconds since 1970, UTC.
    """
    about = asdict(conversation)
    del about["turns"]  # a count, of what follows
    listed = [{**asdict(turn), "answer": turn.answer.to_dict() if turn.answer else None} for turn in turns]
    return json.dumps({"schema": SCHEMA_VERSION, "conversation": about, "turns": listed}, indent=2) + "\n"


def _facts(turn: Turn) -> str:
    where = turn.answer.where if turn.answer else turn.where
    limited = f", limited to {', '.join(map(_line, where))}" if where else ""
    adding = ", answered while documents were being added" if turn.answer and turn.answer.adding else ""
    sure = f", confidence {percent(turn.answer.confidence)}" if turn.answer and turn.answer.measured else ""
    return f"*{_time(turn.asked)}{sure}{limited}{adding}*"


def _answered(answer: Answer, notes: list[str]) -> list[str]:
    """The paragraphs of an answer; the texts of its footnotes are added to the notes."""
    numbers = {}
    for citation in answer.citations:
        numbers[citation.number] = len(notes) + 1
        unverified = "" if citation.verified else " (not compared with the document)"
        notes.append(f"[^{len(notes) + 1}]: “{_line(citation.quote)}” — {_place(citation)}{unverified}")

    def footnote(mark: re.Match[str]) -> str:
        number = numbers.get(int(mark[1]))
        return mark[0] if number is None else f"[^{number}]" + (f"\\{mark[2]}" if mark[2] else "")

    parts = [_MARK.sub(footnote, _text(answer.text))]
    if answer.status == "not_found" and answer.passages:
        parts.append("The nearest passages:")
        parts.append("\n".join(f"- {_place(passage)}" for passage in answer.passages[:NEAREST]))
    return parts


def _place(found: Citation | Passage) -> str:
    where = f"p. {found.page}" if found.page is not None else f"line {found.line}"
    return ", ".join(_line(part) for part in (found.source, where, found.heading) if part)


def _text(text: str) -> str:
    """A text with its paragraphs and line breaks, as Markdown that says just this."""
    lines = (line.strip() for line in visible(text).split("\n"))
    paragraphs = re.split(r"\n{2,}", "\n".join(lines).strip())
    return "\n\n".join(_escaped(paragraph).replace("\n", "\\\n") for paragraph in paragraphs)


def _line(text: str) -> str:
    return _escaped(in_one_line(text))


def _escaped(text: str) -> str:
    return _LEADING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\g<0>", text))


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().isoformat(" ", "minutes")
