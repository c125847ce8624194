"""Which documents are meant by some words, or by "it"."""

from __future__ import annotations

import difflib
import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from qa.answering.citations import shown
from qa.types import Message, Passage, Source
from qa.words import STOPWORDS, words

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


def named(subject: str, sources: Sequence[Source]) -> list[Source]:
    """The documents whose names or titles have these words, best first; more than one where they fit equally well.

    A whole file name, with or without its suffix, is that file. Otherwise the words weigh by how few documents have
    them, and a document must have most of their weight.
    """
    asked = subject.strip().casefold()
    exact = [one for one in sources if asked in (one.source.casefold(), *_names(one))]
    if not exact:
        exact = [one for one in sources if any(_within(name, asked) for name in _names(one)[:1])]
    if exact:
        return exact
    wanted = [
        word for word in dict.fromkeys(words(" ".join(_telling(subject)))) if word not in _GENERAL and len(word) > 1
    ]
    if not wanted:
        return []
    held = [_words(one) for one in sources]
    counts = Counter(word for one in held for word in one)
    spelled = {word: _nearest(word, counts) for word in wanted}
    weights = {word: math.log(1 + len(sources) / (counts[spelled[word]] or 0.5)) for word in wanted}
    total = sum(weights.values())
    scored = []
    for one, has in zip(sources, held, strict=True):
        share = sum(weight for word, weight in weights.items() if spelled[word] in has) / total
        if share >= ENOUGH:
            scored.append((share, len(wanted) / len(has), one))
    best = max((share for share, _, _ in scored), default=0.0)
    fitting = [one for one in scored if one[0] >= best - 1e-9]
    return [one for _, _, one in sorted(fitting, key=lambda one: -one[1])]


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


def _names(source: Source) -> tuple[str, ...]:
    path = Path(source.source)
    title = (source.title or "").casefold()
    return (path.name.casefold(), path.stem.casefold(), *([title] if title else []))


def _within(name: str, asked: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", asked) is not None


def _words(source: Source) -> frozenset[str]:
    """The words that a document may be called by."""
    path = Path(source.source)
    called = re.sub(r"[_\W]+", " ", f"{path.stem} {source.title or ''}")
    kinds = [name for name, suffixes in _KINDS.items() if source.kind in suffixes]
    return frozenset(words(f"{called} {source.kind} {' '.join(kinds)}")) or frozenset({""})


def _nearest(word: str, known: Counter[str]) -> str:
    """The word, or the known one that it is a misspelling of."""
    if word in known or len(word) < 5:
        return word
    near = difflib.get_close_matches(word, [one for one in known if one[:1] == word[0]], 1, CLOSE)
    return near[0] if near else word
