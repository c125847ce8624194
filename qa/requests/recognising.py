"""Which kind of request a line is, by rules over its words alone; English. What no rule fits is a question.

The rules are written for a line that has lost its case, its punctuation and its politeness. They were tuned on one half
of tests/requests/lines.jsonl; the other half was written before them and measures them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.requests import patterns, small_talk
from qa.requests.closed import closed
from qa.types import Kind
from qa.verbs import BASE
from qa.words import STOPWORDS

LONGEST = 300
"""Characters of a line that is looked at; a longer one is a question, or a text with something to do with it."""


@dataclass(frozen=True, slots=True)
class Request:
    """A line and what it asks for.

    subjects: the things or documents that it names, as they were written; those of a comparison one by one. Empty where
    it points at the conversation ("summarise it") or names none. Of small talk: which of several answers it gets.
    """

    kind: Kind
    subjects: tuple[str, ...] = ()

    @property
    def alone(self) -> bool:
        """Whether it is answered without a look at the documents, or need of any."""
        return self.kind in ("greeting", "thanks", "abilities", "writing")


QUESTION = Request("question")
GOING_ON = Request("abilities", ("more",))
"""“More” and “yes, please”: without a chat model nothing answers them, and what can be typed is said."""

_POLITE = re.compile(
    r"(?:please|pls|plz|kindly|ok|okay|so|now|then|and|also|well|just|quickly|briefly|next|but|hm+|um+"
    r"|(?:can|could|would|will) (?:you|u)(?: please| kindly| perhaps| maybe)?|would you mind|(?:can|could"
    r"|may) i (?:have|get|see)"
    r"|do me a favou?r|i (?:would|d) like(?: you)?(?: to)?|i (?:want|need)(?: you)?(?: to)?|id like(?: you)?(?: to)?"
    r"|help me(?: to)?(?= write| draft| compose| translate)|let me (?:have|see)|try to|go on"
    rf"|{patterns.SO_SHORT}),?(?: |$)"
)
_POLITE_END = re.compile(
    r",? (?:please|pls|plz|thanks|thank you|thx|for me|for us|now|briefly|quickly|in short|right now|asap|again|too"
    rf"|{patterns.SO_SHORT})$"
)
_ADVERB = re.compile(r",? ?\b(?:actually|really|basically|essentially|exactly|precisely|roughly|generally)\b")
"""Words that change nothing in what is asked for, wherever they stand."""

_SAID_WITHOUT = {
    "what's": "what is",
    "whats": "what is",
    "that's": "that is",
    "thats": "that is",
    "how's": "how is",
    "i'd": "i would",
}
_SWAPPED = {
    (word[0], "".join(sorted(word))): word
    for word in (
        *("what", "which", "documents", "document", "compare", "comparison", "summarise", "summarize", "summary"),
        *("thanks", "thank", "hello", "please", "overview", "translate"),
    )
}
"""Words that are known although two of their letters changed places."""

_SPOKEN = re.compile(r"[\w&][\w.&/'’-]*|[,:](?=\s)")
_WEAK = frozenset({"the", "of", "and", "a", "an", "in", "on", "for", "to", "at", "from", "with", "by"})
_COMMANDS = frozenset(
    (
        *("tell", "name", "describe", "explain", "show", "define", "discuss", "give", "state", "identify", "find"),
        *("list", "compare", "continue", "say", "go", "stop", "think"),
    )
)
_OWNER = re.compile(r"(?:the )?(?P<name>\w[\w.-]*(?: [\w.-]+)?)['’]s? |\S.* of (?P<of>(?:the )?\w[\w.-]*)$")
_PRONOUN = re.compile(r"\b(?:his|her|its|their)\b", re.IGNORECASE)
_MOST_WORDS = 3
"""Words of a keyword that say what it is about."""


def recognised(line: str, leaning: bool = False, begun: bool = False) -> Request:
    """What a line asks for.

    leaning: it takes something over from the conversation (`followups.search_for`), so that it is no bare keyword.
    begun: there was a conversation before it.
    """
    if not any(map(str.isalnum, line)):  # "?", "...", ":-)"
        return (GOING_ON if begun else Request("abilities")) if "?" in line else Request("thanks", ("ok",))
    long = len(line) > LONGEST
    written = " ".join(line[:LONGEST].split())
    said = _plain(written)
    found = None if long else _about_the_talk(said, begun)
    if found:
        return found
    bare = _bare(said)
    if not long and bare:
        told = _SPOKEN.findall(written)
        found = (
            _about_the_talk(bare, begun)
            or _of_closed_words(bare, begun)
            or _of_closed_words(said, begun)
            or _about_documents(bare, told)
        )
        if not found and (plainer := _ADVERB.sub("", bare).strip()) not in ("", bare):
            found = _about_the_talk(plainer, begun) or _about_documents(plainer, told)
    if found:
        return found
    if patterns.WRITE.fullmatch(bare):
        return Request("writing", (line,))
    if not long and not leaning and _is_keyword(line):
        return Request("keyword", (line.strip(" ?!.\"“”'"),))
    return QUESTION


def _about_the_talk(said: str, begun: bool) -> Request | None:
    if begun and small_talk.UNCLEAR.fullmatch(said):
        return None
    said = said.replace(",", "").replace(":", "")
    if small_talk.GREETING.fullmatch(said):
        return Request("greeting", ("bye",) if small_talk.FAREWELL.fullmatch(said) else ())
    if small_talk.THANKS.fullmatch(said):
        return Request("thanks")
    if small_talk.ABILITIES.fullmatch(said):
        return Request("abilities")
    if small_talk.LIST_DOCUMENTS.fullmatch(said):
        return Request("documents")
    if small_talk.NOD.fullmatch(said):
        return Request("thanks", ("ok",))
    if small_talk.GOING_ON.fullmatch(said):
        return GOING_ON
    return None


def _of_closed_words(said: str, begun: bool) -> Request | None:
    kind = closed(said.replace(",", "").replace(":", ""), begun)
    return Request(kind) if kind else None


def _about_documents(bare: str, told: list[str]) -> Request | None:
    for kind, subject, aspect in (_comparison(bare), _summary(bare), _listing(bare)):
        if kind == "comparison":
            parts = [f"{_as_written(part, told)}" for part in _parts(subject)]
            return Request(kind, tuple(f"{part} {aspect}".strip() for part in _owned(parts)))
        if kind:
            return Request(kind, (_as_written(subject, told),) if subject else ())
    return None


_Found = tuple["Kind | None", str, str]
_NOTHING: _Found = (None, "", "")


def _summary(bare: str) -> _Found:
    pointing = patterns.POINTING.fullmatch
    if (asked := patterns.ASKS_SUMMARY.fullmatch(bare)) and (subject := _group(asked)):
        if pointing(subject) and subject not in ("they", "these", "those", "them"):
            return "summary", "", ""
        if patterns.OF_DOCUMENT.fullmatch(subject):
            return "summary", subject, ""
    if found := patterns.SUMMARISE.fullmatch(bare):
        subject = _group(found)
        if found["w"] and patterns.ASKING.match(subject):  # "Summary: who was there?" is a question with a word before
            return _NOTHING
        if pointing(subject):
            return "summary", "", ""
        if not small_talk.OVERVIEW.fullmatch(bare) and not re.fullmatch(small_talk.THEM, subject):
            return "summary", subject, ""
        return "overview", "", ""
    if small_talk.OVERVIEW.fullmatch(bare):
        return "overview", "", ""
    return _NOTHING


def _comparison(bare: str) -> _Found:
    found = patterns.COMPARE.fullmatch(bare)
    if not found and len(bare.split()) <= patterns.WORDS_OF_VERSUS and bare.split()[0] not in STOPWORDS - {"the"}:
        found = patterns.VERSUS.fullmatch(bare)
    if not found:
        return _NOTHING
    groups = found.groupdict()
    subject, aspect = _group(found), groups.get("aspect") or ""
    if not aspect and (narrowed := patterns.ASPECT.fullmatch(subject)) and re.search(patterns.BETWEEN, narrowed["x"]):
        subject, aspect = narrowed["x"], narrowed["aspect"]
    return "comparison", patterns.INTRODUCED.sub("", subject, count=1), aspect


def _listing(bare: str) -> _Found:
    if not (found := patterns.LIST.fullmatch(bare)):
        return _NOTHING
    subject = patterns.MENTIONED.sub("", patterns.LISTED.sub("", _group(found))).strip()
    return ("listing", subject, "") if subject else _NOTHING


def _parts(subject: str) -> list[str]:
    """What a comparison compares, two to four things; the whole where it names none one by one."""
    for sign in (r" (?:versus|vs|against) ", " with ", r" (?:to|from) ", r",? (?:and|&|or) |, "):
        parts = _halves(subject, sign) if sign in (" with ", r" (?:to|from) ") else re.split(sign, subject)
        parts = [part.strip(" ,") for part in parts]
        if len(parts) > 1 and all(parts):
            return parts[:4]
    return [subject]


def _halves(subject: str, sign: str) -> list[str]:
    """The two sides of the middle one of these prepositions, which alone joins what is compared: "the train to Hanoi to
    the plane to Singapore". The whole where there is no middle, or where an "and" has as many of them on each side."""
    found = list(re.finditer(sign, subject))
    both = re.split(r",? (?:and|&|or) ", subject)
    if len(both) == 2 and found and len(re.findall(sign, both[0])) == len(re.findall(sign, both[1])):
        return [subject]
    if len(found) % 2 == 0:
        return [subject] if len(found) != 2 or sign != " with " else re.split(sign, subject)
    middle = found[len(found) // 2]
    return [subject[: middle.start()], subject[middle.end() :]]


def _owned(parts: list[str]) -> list[str]:
    """The things that are compared, each with its owner: in "Kim's train and his plane" the second is Kim's too."""
    owner = _OWNER.match(parts[0])
    if not owner:
        return parts
    name = owner["name"] or owner["of"]
    return [parts[0], *(_PRONOUN.sub(f"{name}'s", part, count=1) for part in parts[1:])]


def _group(found: re.Match[str]) -> str:
    return next((text for name, text in found.groupdict().items() if text and name != "aspect"), "").strip()


def _plain(line: str) -> str:
    """The line in lower case, without punctuation but commas and colons, contractions and swapped letters."""
    words = []
    for word in _SPOKEN.findall(line.lower().replace("’", "'").replace("tl;dr", "tldr")):
        bare = word.strip(".'-/") or word
        bare = _SAID_WITHOUT.get(bare, bare)
        words.append(_SWAPPED.get((bare[0], "".join(sorted(bare))), bare))
    return " ".join(words).replace(" ,", ",").replace(" :", ":")


def _bare(said: str) -> str:
    """The line without politeness at its ends, and without a greeting or thanks before it."""
    while (polite := _POLITE.match(said) or small_talk.HELLO_BEFORE.match(said)) and polite.end() < len(said):
        said = said[polite.end() :]
    while (polite := _POLITE_END.search(said)) and polite.start() > 0:
        said = said[: polite.start()]
    return said


def _as_written(subject: str, told: list[str]) -> str:
    """The words of a subject as they were typed."""
    typed = {_plain(word): word.strip(".'’-/") or word for word in reversed(told)}
    bare = [(word.rstrip(",:"), word) for word in subject.split()]
    return " ".join(typed.get(one, one) + word[len(one) :] for one, word in bare)


def _is_keyword(line: str) -> bool:
    """Whether a line is one to three words that say what it is about, and no sentence."""
    text = line.strip().strip("\"“”'")
    if re.search(r"[,;:!]|\n|[.?]\s", text):
        return False
    words = [word.strip(".'’-/") for word in _SPOKEN.findall(text)]
    lower = [word.lower() for word in words]
    telling = [word for word in lower if word not in STOPWORDS]
    if not 0 < len(telling) <= _MOST_WORDS or len(words) > len(telling) + 1 or lower[0] in STOPWORDS - {"the"}:
        return False
    if any(word in STOPWORDS and word not in _WEAK for word in lower) or lower[0] in _COMMANDS:
        return False
    if text.endswith("?") and (len(words) > 2 or len(telling) < len(words)):
        return False
    return not any(word in BASE for word in lower) and any(map(str.isalpha, text))
