"""A person's own questions, out of a file with one JSON object to a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

from qa import questions
from qa.display import count, short_path, visible
from qa.errors import InputError
from qa.evaluation.matching import comparable
from qa.places import absolute
from qa.types import Message

KEYS = ("question", "answers", "source", "span", "answerable", "history", "kind")

_TOLD = 10
"""Lines that are not valid of which an error says what is wrong."""

_SHOWN = 60
"""Characters of what is wrong that an error repeats."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, with as much as is known of what should come of it.

    answers: strings of which any one, standing in the answer, makes it right (`matching` has the rule).
    source: the document that answers: its path, from the folder of the questions on or absolute; else the end of its
        path, such as a base name; else such an end with * and ? in it. Of several that fit, any one is right.
    span: characters of that document, from the first to the one after the last, that answer.
    answerable: whether the documents answer it. What they do not answer has no answers, source or span.
    history: the conversation before it. kind: a name of the person's own; figures are given for each kind too.
    line, file: where it was read.
    """

    question: str
    answers: tuple[str, ...] = ()
    source: str | None = None
    span: tuple[int, int] | None = None
    answerable: bool = True
    history: tuple[Message, ...] = ()
    kind: str | None = None
    line: int = 0
    file: str = ""

    @property
    def place(self) -> str:
        """Where it stands, for an error."""
        return f"{self.file}, line {self.line}" if self.file else f"the question {self.question[:_SHOWN]!r}"


def read_questions(file: str | PathLike[str]) -> list[Question]:
    """The questions of a file: UTF-8, one JSON object to a line, with the keys of `KEYS`; "question" is needed.

    "answers" is a list of strings; an empty one says that nothing answers the question, as `"answerable": false` does.
    A null is as good as no such key but for "answers" and "answerable", where it might mean that there is none.
    Blank lines, CRLF and a byte order mark do not matter. Raises InputError for lines that are not valid, with the
    number of each, and for a file that cannot be read or holds no question.
    """
    path = absolute(file)
    name = short_path(str(path))
    try:
        if path.exists() and not path.is_file():  # reading a pipe or a device may never end
            raise InputError(f"{name} is not a file; the questions come from a file with one JSON object to a line")
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}") from None
    found: list[Question] = []
    wrong: list[str] = []
    for number, line in enumerate(lines, start=1):
        try:
            found += [_question(line, number, name)] if line.strip() else []
        except InputError as error:
            wrong.append(f"line {number}: {error}")
    if wrong:
        more = f"; and {count(len(wrong) - _TOLD, 'more line')}" if len(wrong) > _TOLD else ""
        raise InputError(f"{name}, {'; '.join(wrong[:_TOLD])}{more}")
    if not found:
        raise InputError(
            f'{name} holds no question; a line is, for example: {{"question": "Who?", "answers": ["Ada"]}}'
        )
    return found


def _question(line: bytes, number: int, file: str) -> Question:
    try:
        value = json.loads(line.decode("utf-8"), object_pairs_hook=_once)
        if not isinstance(value, dict):
            raise InputError(f"a line is a JSON object, and this one is {_named(value)}")
        return _checked(value, number, file)
    except UnicodeDecodeError:
        problem = "it is not UTF-8"
    except json.JSONDecodeError as error:
        problem = f"it is not JSON: {error.msg} (column {error.colno})"
    except RecursionError:
        problem = "it is nested too deeply"
    except ValueError as error:  # InputError is one; others: a number of more digits than Python reads
        problem = str(error)
    raise InputError(visible(problem, one_line=True))


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise InputError(f"the key {_named(key)} comes twice")
        found[key] = value
    return found


def _checked(value: Mapping[str, Any], number: int, file: str) -> Question:
    unknown = [key for key in value if key not in KEYS]
    if unknown:
        raise InputError(f"the key {_named(unknown[0])} is unknown; there are {', '.join(KEYS)}")
    if "question" not in value:
        raise InputError('the key "question" is missing')
    answers = _answers(value)
    answerable = value.get("answerable", answers != ())
    if not isinstance(answerable, bool):
        raise InputError(f'"answerable" is true or false, not {_named(answerable)}')
    if answerable and answers == ():
        raise InputError('an empty "answers" says that nothing answers it, and "answerable" that something does')
    source, kind = (_text(value, key) for key in ("source", "kind"))
    span = _span(value.get("span"))
    if span and not source:
        raise InputError('a "span" needs the "source" whose characters it counts')
    if not answerable and (answers or source):
        raise InputError("what nothing answers has no answers, source or span")
    history = [] if value.get("history") is None else value["history"]
    if not isinstance(history, list):
        raise InputError('"history" is a list of messages, each with role and content')
    said = tuple(questions.messages(history))
    asked = questions.checked(value["question"])
    return Question(asked, answers or (), source, span, answerable, said, kind, number, file)


def _answers(value: Mapping[str, Any]) -> tuple[str, ...] | None:
    """None where the key is not there: then it is not known what the right answer is."""
    if "answers" not in value:
        return None
    answers = value["answers"]
    if not isinstance(answers, list) or not all(isinstance(one, str) and _whole(one) for one in answers):
        raise InputError(f'"answers" is a list of strings, not {_named(answers)}')
    blank = next((one for one in answers if not comparable(one)), None)
    if blank is not None:
        raise InputError(
            f"the answer {_named(blank)} has neither letters nor digits, so nothing can be compared with it"
        )
    return tuple(answers)


def _text(value: Mapping[str, Any], key: str) -> str | None:
    text = value.get(key)
    if text is not None and not (isinstance(text, str) and text.strip() and "\0" not in text and _whole(text)):
        raise InputError(f'"{key}" is a string that is not empty, not {_named(text)}')
    return text


def _whole(text: str) -> bool:
    """Whether it holds no half of a surrogate pair, which JSON can write and no file or terminal takes."""
    return text.encode("utf-8", "ignore").decode() == text


def _span(span: Any) -> tuple[int, int] | None:
    if span is None:
        return None
    if (
        not isinstance(span, list)
        or len(span) != 2
        or not all(isinstance(one, int) and not isinstance(one, bool) for one in span)
        or not 0 <= span[0] < span[1]
    ):
        raise InputError(f'"span" is [start, end], two whole numbers with start before end, not {_named(span)}')
    return span[0], span[1]


def _named(value: object) -> str:
    """A value as JSON writes it, of bearable length."""
    written = json.dumps(value, ensure_ascii=False)
    return written if len(written) <= _SHOWN else f"{written[: _SHOWN - 1]}…"
