"""Text -> the words that searching and ranking compare. The catalog's word index and the ranking share them."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer

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

SPELLING = 1
"""Rises when `words` spells in another way, so that word indexes made before are made again."""

_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s\b")
_DIACRITIC = re.compile("[\u0300-\u036f]")
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]+"
)
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese and Korean: written without spaces, or with endings joined on."""

_LONGEST = 40
"""Characters; longer "words" are data, not English, and would fill the cache."""

_english = EnglishStemmer()
_one_at_a_time = threading.Lock()


def words(text: str) -> list[str]:
    """The words of a text in their order, as they are compared: "Presidents' Élan" -> ["presid", "elan"].

    Folded are case, width and other compatibility forms (NFKC), the diacritics of Latin, Greek and Cyrillic, and the
    endings of English words (Snowball). Scripts without spaces come as pairs of characters. Every word consists of
    letters and digits only.
    """
    return _stem(_WORD.findall(_folded(text)))


def words_of_each(texts: Iterable[str]) -> list[frozenset[str]]:
    """The different `words` of each of many short texts, as names are: in one pass, every spelling stemmed once."""
    lines = _folded("\n".join(text.replace("\n", " ") for text in texts)).split("\n")
    stems: dict[str, list[str]] = {}
    found = []
    for line in lines:
        spoken = _WORD.findall(line)
        for word in spoken:
            if word not in stems:  # an ending has no digit, and numbers would fill the stemmer's cache
                stems[word] = [word] if word.isascii() and word[-1].isdigit() else _stem([word])
        found.append(frozenset(stem for word in spoken for stem in stems[word]))
    return found


def content_words(text: str) -> list[str]:
    """The words of a question that say what it is about; all of its words where it has no such."""
    spoken = _WORD.findall(_folded(text))
    return _stem([word for word in spoken if word not in STOPWORDS] or spoken)


def _folded(text: str) -> str:
    if text.isascii():
        folded = text.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", text).casefold()
        folded = unicodedata.normalize("NFKC", _DIACRITIC.sub("", decomposed))
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
