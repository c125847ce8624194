"""Text -> the words that searching and ranking compare. The catalog's word index and the ranking share them."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer

Span = tuple[int, int]

_SAYING_NOTHING = """
    a about after again all also am among an and another any are as at be because been before being between both but
    by can could did do does doing don down during each either else ever every few for from further get give had has
    have having he her here hers herself him himself his how i if in into is it its itself just let like ll many may
    me might more most much must my myself neither no nor not of off on once only onto or other our ours ourselves
    out over own please re s same shall she should since so some such t tell than that the their theirs them
    themselves then there these they this those though through to too under until up upon us ve very was we were
    what whatever when where whether which while who whom whose why will with within without would yes yet you your
    yours yourself yourselves
"""
STOPWORDS = frozenset(_SAYING_NOTHING.split())
"""Words that say nothing of what a question is about, before stemming. Each set gains 1 to 4 points by leaving them out
of the ranking (benchmarks/quality.md)."""

SPELLING = 3
"""Rises when `words` spells in another way, so that word indexes made before are made again."""

_WORD = re.compile(r"[^\W_]+")
_WRITTEN = re.compile(r"\w+")
_JOINT = "[-\u2010\u2011\u2013./_]"
_CODE = re.compile(
    rf"""(?<![^\W_])(?:(?P<spaced>[a-z]{{1,3}})[ \u00a0](?=[0-9]{{2}}) | [a-z]{{1,5}}{_JOINT}?)
         [0-9]+(?:{_JOINT}[0-9]+)*(?:[-\u2010\u2011\u2013]?[a-z]{{1,2}})?(?![^\W_])""",
    re.IGNORECASE | re.VERBOSE,
)
_CODE_PART = re.compile("[a-z]+|[0-9]+", re.IGNORECASE)
_NUMBER = re.compile("[0-9]+")
_HEAD = re.compile(rf"(?:^|(?<=[\W_]))[a-z]{{1,5}}(?:{_JOINT}|[ \u00a0])?$", re.IGNORECASE)
_LONGEST_HEAD = 7  # characters before a code's first number, with the one before the code
_POSSESSIVE = re.compile(r"['’]s\b")
_DIACRITIC = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]"
)
"""Accents of Latin, Greek and Cyrillic, the points of Hebrew, and the vowel signs and lengthening of Arabic: all may as
well be left out. Not so the vowels of other scripts, without which words are others."""
_ARABIC = str.maketrans("ىیکة", "ييكه")
"""Letters that are written for one another."""
MARKED = re.compile("[\u0300-\u036f\u0483-\u0489\u0590-\u1cff]")
"""Scripts, from Hebrew to Khmer, that write vowels and tones as marks on letters; and accents that stand alone."""
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
    "\U00020000-\U0003ffff]+"
)
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese and Korean: written without spaces, or with endings joined on."""

_LONGEST = 40
"""Characters; longer "words" are data, not English, and would fill the cache."""

_english = EnglishStemmer()
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Code:
    """Letters and digits that name one thing, at text[start:end]: "E-1001", "PX204B", "v1.2", "iso 9001".

    spelled: as it is compared, the same for all ways of writing it: "e1001". parts: its letters and its numbers, in
    lower case. spaced: nothing but a space joins them, so that it may as well be two words ("age 12").
    """

    start: int
    end: int
    spelled: str
    parts: tuple[str, ...]
    spaced: bool


def codes(text: str) -> list[Code]:
    """The codes of a text, in their order: up to five letters, then numbers, with `-./_` or nothing between."""
    found: list[Code] = []
    last = 0
    for number in _NUMBER.finditer(text):  # far fewer than words: this takes a third of the time
        first = max(last, number.start() - _LONGEST_HEAD)
        head = _HEAD.search(text[first : number.start()])
        match = _CODE.match(text, first + head.start()) if head else None
        if match is None:
            continue
        last = match.end()
        parts = [part.lower() for part in _CODE_PART.findall(match.group())]
        if match["spaced"] and parts[0] in STOPWORDS:
            continue
        # "v1.23" and "v12.3" stay apart.
        spelled = "".join(
            f"_{part}" if part.isdigit() and before.isdigit() else part
            for before, part in zip(["", *parts], parts, strict=False)
        )
        found.append(Code(*match.span(), spelled, tuple(parts), match["spaced"] is not None))
    return found


def words(text: str) -> list[str]:
    """The words of a text in their order, as they are compared: "Presidents' Élan" -> ["presid", "elan"].

    Folded are case, width and other compatibility forms (NFKC), the diacritics of Latin, Greek and Cyrillic, the vowel
    signs of Hebrew and Arabic, and the endings of English words (Snowball). Scripts without spaces come as pairs of
    characters. A code comes both in its parts and as one word, however it is written: "E-1001" -> ["e", "1001",
    "e1001"]. Every word consists of letters with their marks and of digits only, or where a code has several numbers of
    `_` between them.
    """
    return _stem(_spoken(_folded(text)))


def words_of_each(texts: Iterable[str]) -> list[frozenset[str]]:
    """The different `words` of each of many short texts, as names are: in one pass, every spelling stemmed once."""
    lines = _folded("\n".join(text.replace("\n", " ") for text in texts)).split("\n")
    stems: dict[str, list[str]] = {}
    found = []
    for line in lines:
        spoken = _spoken(line)
        for word in spoken:
            if word not in stems:  # an ending has no digit, and numbers would fill the stemmer's cache
                stems[word] = [word] if word.isascii() and word[-1].isdigit() else _stem([word])
        found.append(frozenset(stem for word in spoken for stem in stems[word]))
    return found


def content_words(text: str) -> list[str]:
    """The words of a question that say what it is about; all of its words where it has no such."""
    spoken = _spoken(_folded(text), telling=True)
    return _stem([word for word in spoken if word not in STOPWORDS] or spoken)


def spoken(text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
    """The words of a text as they are written, each where it stands: `\\w+`, in which marks on letters end no word."""
    return _written(text).finditer(text, start, len(text) if end is None else end)


def _written(text: str) -> re.Pattern[str]:
    return _WRITTEN if text.isascii() or not MARKED.search(text) else _with_marks()[1]


@cache
def _with_marks() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Words whose letters may have marks, which `\\w` leaves out: without and with `_`. Made when one is met: 2 ms."""
    every = map(chr, range(0x0300, 0x1D00))
    marks = "".join(c for c in every if unicodedata.category(c).startswith("M") and not c.isalnum())
    return re.compile(rf"[^\W_](?:[^\W_]|[{marks}])*"), re.compile(rf"\w[\w{marks}]*")


def _spoken(folded: str, *, telling: bool = False) -> list[str]:
    """The words of a folded text, before stemming. telling: without the single letters and digits that codes have."""
    spoken: list[str] = []
    last = 0
    word = _WORD if folded.isascii() or not MARKED.search(folded) else _with_marks()[0]
    for code in codes(folded):
        spoken += word.findall(folded, last, code.start)
        last = code.end
        apart = code.parts if code.spaced else [part for part in code.parts if len(part) > 1 or not telling]
        if folded[code.start : code.end].isalnum():  # one token already; its number may be asked for by itself
            apart = [part for part in code.parts if part.isdigit() and len(part) > 1]
        begun = "" if telling or code.spaced else "".join(code.parts[:2])  # "PX-204-B" is found by "PX-204" as well
        spoken += [*apart, *([begun] if begun and len(code.parts) > 2 else []), code.spelled]
    return spoken + word.findall(folded, last)


def put_together(spans: Sequence[Span], found: Iterable[Code]) -> list[Span]:
    """The spans of a text's words, in their order, with those that lie in one of these codes as one."""
    whole = [(code.start, code.end) for code in found]
    return sorted([*(one for one in spans if not any(s <= one[0] < e for s, e in whole)), *whole])


def _folded(text: str) -> str:
    if text.isascii():
        folded = text.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", text).casefold()
        folded = unicodedata.normalize("NFKC", _DIACRITIC.sub("", decomposed))
        if MARKED.search(folded):
            folded = folded.translate(_ARABIC)
    return _POSSESSIVE.sub("", folded) if "'" in folded or "’" in folded else folded


def _stem(found: list[str]) -> list[str]:
    stems = list(map(_stem_one, found))
    if all(map(str.isascii, stems)):
        return stems
    return [piece for stem in stems for piece in ([stem] if stem.isascii() else _pairs(stem))]


@lru_cache(maxsize=200_000)
def _stem_one(word: str) -> str:
    if len(word) > _LONGEST:
        return word
    with _one_at_a_time:  # the stemmer keeps the word it works on in itself
        stem: str = _english.stemWord(word)
    return stem


def _pairs(word: str) -> list[str]:
    """A word with its unspaced stretches as overlapping pairs of characters."""
    pieces: list[str] = []
    last = 0
    for match in UNSPACED.finditer(word):
        stretch = match.group()
        pieces += [word[last : match.start()], *(stretch[i : i + 2] for i in range(max(1, len(stretch) - 1)))]
        last = match.end()
    return [piece for piece in (*pieces, word[last:]) if piece]
