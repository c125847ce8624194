"""Which documents are meant by some words, or by "it"."""

from __future__ import annotations

import difflib
import math
import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property

from qa.answering.citations import shown
from qa.types import Message, Passage, Source
from qa.words import STOPWORDS, words, words_of_each

ENOUGH = 0.7
"""Share of the words' weight that a document's name and title must have to be meant by them."""

CLOSE = 0.84
"""Likeness (difflib) from which a word of five letters or more is taken for a misspelled one."""

_GENERAL = frozenset(
    words("document documents doc docs file files report reports article articles paper papers text texts one about on")
)
_KINDS = {
    "pdf": ("pdf",),
    "slides": ("pptx",),
    "presentation": ("pptx",),
    "spreadsheet": ("xlsx", "csv", "tsv"),
    "table": ("xlsx", "csv", "tsv"),
    "mail": ("eml",),
    "email": ("eml",),
    "notebook": ("ipynb",),
    "book": ("epub",),
}
"""What documents of a kind are called besides their suffix."""

_QUOTED = re.compile(r"(?:^|\]|\n)\s*(?:- )?([^\n\]]+?)\s*\[\d+\]")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINAL = re.compile(
    rf"(?:the )?({'|'.join(_ORDINALS)}|last)(?: (?:one|document|doc|file|text|of (?:them|these|those)))?(?: of them)?"
)
_LISTED = re.compile(r"There (?:is|are) [\d,]+ documents?[:.]")
"""How the answer begins that lists the documents, or says what they are about."""

_SPACE = re.compile(r"\s+")


class Names:
    """What documents are called, for the words of a request to be looked for in: once through them for all subjects."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources

    def meant(self, subject: str) -> list[Source]:
        """The documents whose names or titles have these words, best first; more than one where they fit equally well.

        A whole file name, with or without its suffix, is that file. Otherwise the words weigh by how few documents have
        them, and a document must have most of their weight.
        """
        asked = subject.strip().casefold()
        exact = [one for one, names in self._names if asked in names or asked == one.source.casefold()]
        if not exact:
            exact = [one for one, names in self._names if names[0] in asked and _within(names[0], asked)]
        if exact:
            return exact
        wanted = [
            word for word in dict.fromkeys(words(" ".join(_telling(subject)))) if word not in _GENERAL and len(word) > 1
        ]
        if not wanted:
            return []
        known = frozenset().union(*self._words)
        spelled = {word: _nearest(word, known) for word in wanted}
        looked_for = frozenset(spelled.values())
        having = [pair for pair in zip(self._sources, self._words, strict=True) if not looked_for.isdisjoint(pair[1])]
        counts = Counter(word for _, has in having for word in has & looked_for)
        weights = {word: math.log(1 + len(self._sources) / (counts[spelled[word]] or 0.5)) for word in wanted}
        total = sum(weights.values())
        scored = []
        for one, has in having:
            share = sum(weight for word, weight in weights.items() if spelled[word] in has) / total
            if share >= ENOUGH:
                scored.append((share, len(wanted) / len(has), one))
        best = max((share for share, _, _ in scored), default=0.0)
        fitting = [one for one in scored if one[0] >= best - 1e-9]
        return [one for _, _, one in sorted(fitting, key=lambda one: -one[1])]

    @cached_property
    def _names(self) -> list[tuple[Source, tuple[str, ...]]]:
        """Each document with its file's name, the same without its suffix, and its title."""
        found = []
        for one in self._sources:
            name = os.path.basename(one.source).casefold()  # noqa: PTH119 (a Path for each takes ten times as long)
            title = (one.title or "").casefold()
            found.append((one, (name, os.path.splitext(name)[0], *([title] if title else []))))  # noqa: PTH122
        return found

    @cached_property
    def _words(self) -> list[frozenset[str]]:
        """The words that each document may be called by."""
        kinds = {one.kind for one in self._sources}
        called = {kind: " ".join(name for name, suffixes in _KINDS.items() if kind in suffixes) for kind in kinds}
        return words_of_each(
            f"{names[1]} {one.title or ''} {one.kind} {called[one.kind]}" for one, names in self._names
        )


def cited(history: Sequence[Message], search: Callable[[str], Sequence[Passage]]) -> str | None:
    """The source that the last answer quotes first; None where no answer quotes any.

    A conversation holds the answers' texts alone, so the quote is looked up: `search` finds passages for it, and the
    one that has its words is where it stands. Words of a model stand nowhere; the best passage for them is taken.
    """
    for message in reversed(history):
        if message["role"] != "assistant" or not (quoted := _QUOTED.search(message["content"])):
            continue
        words_of = quoted[1].strip()
        found = search(words_of[:400])
        holding = [one for one in found if _SPACE.sub(" ", words_of)[-80:] in shown(one.text)]
        return next((one.source for one in [*holding, *found]), None)
    return None


def place_in_list(subject: str, history: Sequence[Message], sources: int) -> int | None:
    """Which source is "the second one", where the last answer listed the documents; from 0, None for no such words.

    sources: how many there are now, in the order in which they were listed.
    """
    last = next((message["content"] for message in reversed(history) if message["role"] == "assistant"), "")
    if not (match := _ORDINAL.fullmatch(subject.lower())) or not _LISTED.match(last):
        return None
    listed = min(sources, len(re.findall(r"^- ", last, re.MULTILINE)))
    place = listed - 1 if match[1] == "last" else _ORDINALS.index(match[1])
    return place if 0 <= place < listed else None


def _telling(subject: str) -> list[str]:
    return [word for word in re.findall(r"[\w.-]+", subject.lower()) if word not in STOPWORDS]


def _within(name: str, asked: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", asked) is not None


def _nearest(word: str, known: frozenset[str]) -> str:
    """The word, or the known one that it is a misspelling of."""
    if word in known or len(word) < 5:
        return word
    near = [
        one for one in known if one[:1] == word[0] and 2 * min(len(one), len(word)) >= CLOSE * (len(one) + len(word))
    ]
    best = difflib.get_close_matches(word, sorted(near), 1, CLOSE)
    return best[0] if best else word
