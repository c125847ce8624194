"""A question and the conversation before it -> what to search for. Without a language model.

Nothing is invented: a question that leans on the conversation takes over words of the user's last questions, and in the
ranking also those of the last answer. A question that stands alone, as after a change of topic, is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.types import Message
from qa.words import STOPWORDS, content_words, words

if TYPE_CHECKING:
    from qa.embedding.session import Vectors

QUESTION_WEIGHT, ANSWER_WEIGHT = 0.3, 0.2
"""Of a word taken from an earlier question and from the last answer, where the question's own words weigh 1. Half and
twice these lose less than a point on the public conversations (benchmarks/quality.md)."""

FEW_WORDS = 3
"""A question with at most so many words of its own, and no new name among them, leans on what was said before."""

_FURTHEST = 3  # questions back that are looked at for one that stands alone
_SHOWN = 200  # characters of an earlier question that are shown
_ANSWER_WORDS = 60  # of the last answer; what a long one says later is seldom what the next question is about

_DEFINITION = re.compile(
    r"\W*(?:what|who)(?:'s|’s| is| are| was| were) (?!the\b)(?:an? )?[\w-]+(?: [\w-]+)?\W*", re.IGNORECASE
)
_SPOKEN = re.compile(r"\w+(?:['’.-]\w+)*")
_MARK = re.compile(r"\[\d+\]")
_OPENING = re.compile(
    r"\W*(?:and|but|or|so|then|also|what about|how about|what else|anything else|why|how come|really|yes|no|ok|okay"
    r"|thanks|thank you|i mean|i meant|go on|more)\b",
    re.IGNORECASE,
)
_PERSONAL = frozenset(("it", "he", "him", "she", "they", "them", "itself", "himself", "herself", "themselves"))
_POSSESSIVE = frozenset(("its", "his", "her", "hers", "their", "theirs"))
_POINTING = re.compile(
    r"""\b(?:this|these|those|else|ones|such|the\ (?:same|other|others|former|latter))\b
      | \b(?:the|this|that|which|first|second|third|fourth|last|next|other|another|old|new)\ one\b
      | \b(?:the|a)\ (?:first|second|third|last|next|other)(?:\ time)?\W*$
      | (?:^\W*|\b(?:about|of|like|by|for|in|on|at|with|to|from|after|before|than|is|was|are|were|does|did|do|can|could
        |will|would|if|why|how|when|where|and|but|so|what's)\ )that\b
      | \bthat\W*$
      | (?<!\bis\ )(?<!\bare\ )(?<!\bwas\ )(?<!\bwere\ )(?<!\bbe\ )\bthere\b(?!\ (?:is|are|was|were|will|has|have|be)\b)
    """,
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Search:
    """What to search for.

    text: the standalone question, for people: "And the second one? (When did they first meet?)".
    texts: what to embed, with weights; the search vector is the weighted sum of their vectors, made length one.
    words: what `qa.ranking.rank` compares, as `qa.words` gives it, with weights from 0 to 1.
    because: why it was or was not taken as a follow-up, in words. said: the last answer, where it is one.
    """

    text: str
    texts: tuple[tuple[str, float], ...]
    words: Mapping[str, float]
    because: str = ""
    said: str = ""


def standalone(question: str, history: Sequence[Message]) -> str:
    """The question with the earlier ones it leans on in brackets; unchanged where it stands alone.

    history: oldest first, without the question itself.
    """
    return search_for(question, history).text


def search_for(question: str, history: Sequence[Message]) -> Search:
    """What to search for, given the conversation. history: oldest first, without the question itself."""
    own = dict.fromkeys(content_words(question), 1.0)
    earlier = [message["content"].strip() for message in history if message["role"] == "user"]
    taken, because = _taken(question, [text for text in earlier if text], _said(history))
    if not taken:
        return Search(question, ((question, 1.0),), own, because)
    weights = dict(own)
    for text in taken:
        for word in content_words(text):
            weights.setdefault(word, QUESTION_WEIGHT)
    answers = [message["content"] for message in history if message["role"] == "assistant"]
    for word in content_words(_MARK.sub("", answers[-1]))[:_ANSWER_WORDS] if answers else ():
        weights.setdefault(word, ANSWER_WEIGHT)
    # "And the second one?" has no direction of its own; a question with words of its own keeps it.
    share = QUESTION_WEIGHT if len(_telling(question)) > 1 else 1.0
    shown = "; ".join(_shortened(text) for text in taken)
    texts = ((question, 1.0), (" ".join(taken), share))
    return Search(f"{question.strip()} ({shown})", texts, weights, because, answers[-1] if answers else "")


def search_vector(search: Search, embed: Callable[[str], Vectors]) -> Vectors:
    """The weighted sum of the vectors of the search's texts, made length one: shape (dimension,)."""
    import numpy as np

    from qa.embedding.session import unit

    return unit(np.sum([weight * embed(text) for text, weight in search.texts], axis=0))


def leans(question: str, said: frozenset[str]) -> str:
    """Why a question depends on the conversation, in words: it points back, opens with "and", or has few words of its
    own; "" where it stands alone.

    said: the words of the conversation; a name that is not among them is a new topic.
    """
    if found := _OPENING.match(question) or _POINTING.search(question):
        return f"“{' '.join(_SPOKEN.findall(found[0]))}” points back"
    spoken = _SPOKEN.findall(question)
    named = content = False
    for index, word in enumerate(spoken):
        lower = word.lower()
        if (lower in _PERSONAL and not named) or (lower in _POSSESSIVE and not content):
            return f"“{word}” points back"
        if lower not in STOPWORDS:
            content = True
            named = named or (index > 0 and not word.islower())
    telling = _telling(question)
    if _DEFINITION.fullmatch(question) and telling:  # "What is photosynthesis?"; but "What is the price?" leans
        return ""
    if (len(telling) <= 1 and not named) or (len(telling) <= FEW_WORDS and not _names(question) - said):
        return "it has few words of its own, and no new name"
    return ""


def _taken(question: str, earlier: Sequence[str], said: frozenset[str]) -> tuple[list[str], str]:
    """The earlier questions that this one leans on, oldest first: back to one that stands alone; and why."""
    if not earlier:
        return [], "no question was asked before it"
    if not (why := leans(question, said)):
        return [], "it stands alone: nothing in it points back"
    taken: list[str] = []
    for text in reversed(earlier[-_FURTHEST:]):
        taken.append(text)
        if not leans(text, frozenset()):
            break
    return taken[::-1], f"it is a follow-up: {why}"


def _said(history: Sequence[Message]) -> frozenset[str]:
    return frozenset(word for message in history for word in words(message["content"]))


def _telling(question: str) -> set[str]:
    """The words of a question that say what it is about; none where it has only such as "and where"."""
    return set(content_words(question)) - _STOPPED


def _names(question: str) -> set[str]:
    """Words with a capital or a digit, but for the first: names, years, codes."""
    return {stem for word in _SPOKEN.findall(question)[1:] if not word.islower() for stem in words(word)} - _STOPPED


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN].rsplit(" ", 1)[0] + " …"


_STOPPED = frozenset(stem for word in STOPWORDS for stem in words(word))
