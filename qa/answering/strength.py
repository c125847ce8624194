"""Whether a text says a thing more strongly or widely than another: "must" for "should", "all" for "some". English."""

from __future__ import annotations

import re
from collections.abc import Mapping

from qa.words import STOPWORDS, spoken, words

_MODALS = {
    "must": "must",
    "shall": "must will",
    "will": "will",
    "would": "will",
    "should": "should",
    "ought": "should",
    "may": "may",
    "might": "may",
    "can": "may",
    "could": "may",
}
"""What each says: a duty, what is to come, advice, or what is possible. "Shall" is either of two."""

_AMOUNTS = {
    **dict.fromkeys(("all", "every", "each", "always"), "all"),
    **dict.fromkeys(("most", "mostly", "usually", "generally"), "most"),
    **dict.fromkeys(("many", "numerous", "often"), "most some"),
    **dict.fromkeys(("some", "several", "sometimes", "occasionally"), "some"),
    **dict.fromkeys(("few", "seldom", "rarely"), "few"),
}
_HEADED = ("of", "the", "these", "those", "its", "their", "his", "her")
"""Between an amount and what there is that much of."""

_NEGATED = re.compile(r"\b(?:not|no|never|none|cannot|\w+n['’]t)\b", re.IGNORECASE)
_ONLY = re.compile(r"\b(?:only|solely|exclusively)\b", re.IGNORECASE)
_LIMITING = re.compile(
    r"\b(?:only|sole(?:ly)?|exclusive(?:ly)?|just|merely|alone|nothing|nobody|no|not|none|except|unless|single|one)\b",
    re.IGNORECASE,
)


def stronger(claim: str, said: str) -> str | None:
    """What the claim says more strongly, or otherwise widely, in words for a person; None where it does not.

    A modal verb is compared with that of the other text before the same word, and an amount with that of the same
    things. What is denied is left alone: "may not" and "must not" are the same.
    """
    for kinds in (_MODALS, _AMOUNTS):
        mine, theirs = _heads(claim, kinds), _heads(said, kinds)
        for head, word in mine.items():
            other = theirs.get(head)
            if kinds is _AMOUNTS and any(kinds.get(one[0].lower()) == kinds[word] for one in spoken(said)):
                continue  # "most of them left, but some stayed": a pronoun may stand there
            if other and not set(kinds[word].split()) & set(kinds[other].split()):
                return f"the document says “{other}” and not “{word}”"
    if _ONLY.search(claim) and not _LIMITING.search(said):
        return "“only” is not in the sentence of the document"
    return None


def _heads(text: str, kinds: Mapping[str, str]) -> dict[str, str]:
    """The next telling word behind each of these words, as it is compared, and the word; not where it is denied."""
    found: dict[str, str] = {}
    tokens = [*spoken(text)]
    for place, token in enumerate(tokens):
        word = token[0].lower()
        if word not in kinds or (kinds is _AMOUNTS and place and tokens[place - 1][0].lower() in ("the", "at")):
            continue
        rest = tokens[place + 1 : place + 5]
        head = next((one for one in rest if one[0].lower() not in STOPWORDS), None)
        if head is None:
            continue
        between = text[token.end() : head.start()]
        near = text[max(token.start() - 5, 0) : head.start()]
        if _NEGATED.search(near) or re.search(r"[,;:.]", between):
            continue
        if kinds is _AMOUNTS and not all(one in _HEADED for one in between.lower().split()):
            continue
        for spelled in words(head[0])[:1]:
            found.setdefault(spelled, word)
    return found
