"""What stays true the other way round: "A met B", and "A is larger than B" as "B is smaller than A". English."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.answering.facts import content
from qa.words import STOPWORDS, words

_PAIRS = """
    high/low higher/lower highest/lowest more/less more/fewer most/least increase/decrease increased/decreased rise/fall
    rose/fell gain/loss gained/lost won/lost win/lose before/after above/below first/last large/small larger/smaller
    largest/smallest north/south northern/southern east/west eastern/western early/late earlier/later
    older/younger oldest/youngest old/new best/worst better/worse strong/weak stronger/weaker include/exclude
    accept/reject accepted/rejected allow/forbid allowed/forbidden support/oppose supported/opposed import/export
    bought/sold enter/leave entered/left began/ended start/stop open/close opened/closed male/female men/women
    father/mother son/daughter husband/wife brother/sister maximum/minimum positive/negative legal/illegal
    possible/impossible true/false public/private rich/poor long/short longer/shorter wide/narrow heavy/light
    heavier/lighter deep/shallow inside/outside internal/external majority/minority guilty/innocent alive/dead
    faster/slower fast/slow hot/cold warmer/cooler warm/cool upper/lower
    increases/decreases rises/falls gains/losses wins/loses includes/excludes included/excluded including/excluding
    imports/exports imported/exported importing/exporting accepts/rejects allows/forbids supports/opposes begins/ends
    starts/stops started/stopped opens/closes buys/sells enters/leaves arrive/depart arrived/departed doubled/tripled
    doubled/halved tripled/halved double/triple double/half during/before during/after daily/weekly daily/monthly
    weekly/monthly monthly/yearly weekly/yearly succeed/fail succeeded/failed passed/failed profit/loss profits/losses
    buyer/seller landlord/tenant lender/borrower creditor/debtor employer/employee plaintiff/defendant sender/recipient
    enable/disable enabled/disabled add/remove added/removed agree/disagree agreed/disagreed approved/disapproved
    appear/disappear appeared/disappeared connected/disconnected qualified/disqualified mandatory/optional
    required/optional compulsory/voluntary permitted/prohibited allowed/prohibited permits/prohibits allows/prohibits
    increase/reduce increases/reduces increased/reduced raise/lower raises/lowers raised/lowered grew/shrank grow/shrink
    permit/prohibit allow/prohibit temporary/permanent present/absent full/empty remembered/forgot
"""


def _both_ways(pairs: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for pair in pairs.split():
        one, other = pair.split("/")
        found[one] = found.get(one, frozenset()) | {other}
        found[other] = found.get(other, frozenset()) | {one}
    return found


OPPOSITES = _both_ways(_PAIRS)
"""Words of which one says the opposite of the other when it is said of the same."""

_COMPARED = _both_ways(
    """
    higher/lower more/less more/fewer larger/smaller earlier/later older/younger better/worse stronger/weaker
    longer/shorter heavier/lighter faster/slower warmer/cooler bigger/smaller greater/smaller greater/lesser
    taller/shorter
    """
)
_PLACED = _both_ways("north/south east/west northern/southern eastern/western husband/wife")
_DONE = _both_ways("won/lost bought/sold")
_BETWEEN = _both_ways("before/after above/below")
_CONVERSES = _COMPARED | _PLACED | _DONE | _BETWEEN
"""Words of which one says of two what the other says of them the other way round."""


def _any(pairs: dict[str, frozenset[str]]) -> str:
    return rf"\b(?P<word>{'|'.join(pairs)})\b"


_RELATING = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_any(_COMPARED)}(?: [\w’'-]+){{0,4}}? than\b",
        rf"{_any(_PLACED)} of\b",
        rf"{_any(_DONE)}(?: [\w’'-]+){{0,4}}? (?:to|from|against)\b",
        _any(_BETWEEN),
    )
]
_MUTUAL = re.compile(
    r"\b(?:(?:meets?|met)(?: (?:up )?with)?|marr(?:y|ies|ied)|married to|divorce[sd]?|border(?:s|ed)?(?: on| with)?"
    r"|adjoin(?:s|ed)?|equal(?:s|led)?|(?:talk|negotiat|collaborat|cooperat|argu|agre)(?:s|e|es|ed)?(?: with| to)?"
    r"|sp(?:eaks?|oke)(?: with)?|(?:equal|adjacent|next|similar|related|identical) to|differ(?:s|ed)? from)\b",
    re.IGNORECASE,
)
"""Verbs that say the same of both whichever comes first."""

_GOES_ON = re.compile(
    r"\b(?:and|but|then|who|which) (?:\w+ly |then |later )*(?:[a-z]+ed|was|were|is|are|has|had|left|went|took|gave|said"
    r"|told|sold|bought|won|lost|made|wrote|sent|led|became|paid|beat|shot|sang|fought)\b"
)
"""A second verb of the same subject: then who comes first is not all the same."""

_CLAUSE_ENDS = re.compile(r"[.;:,()—–]|\b(?:while|whereas|but|although)\b")
_TITLED = rf"(?!(?:{'|'.join(sorted(STOPWORDS))})\b)(?-i:[^\W\d_a-z])[\w’'-]*"
NAME = re.compile(rf"\b{_TITLED}(?: {_TITLED})*", re.IGNORECASE)
_SMALL = re.compile(r"-[a-z]\w*")
_JOINED = re.compile(r"[\s,]*\b(?:and|or|as well as)\b(?: [a-z]\w*){0,2}\s*|\s*,\s*")
_ASIDE = re.compile(r"\b(?:in|at|on|during|since|by|near|after|before|about|for) (?:the |a |an )?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Relation:
    """A word that relates what stands to the left of it in its clause to what stands to the right."""

    word: str
    left: str
    right: str
    goes_on: bool


def key(name: str) -> str:
    """A name as names are compared here."""
    return " ".join(word for word in re.findall(r"\w+", name.lower()) if word not in STOPWORDS)


def turned(claim: str, said: str, word: str, other: str) -> bool:
    """Whether the claim has a word, and the other text its converse, with what they relate in each other's place."""
    mine = [one for one in _relations(claim) if one.word == word]
    theirs = [one for one in _relations(said) if one.word == other and other in _CONVERSES.get(word, ())]
    return any(_turn(one, two) > 0 for one in mine for two in theirs)


def upside_down(claim: str, said: str) -> bool:
    """Whether both relate the same things by the same word, and the one only the other way round."""
    theirs = [*_relations(said)]
    for one in _relations(claim):
        turns = [_turn(one, other) for other in theirs if other.word == one.word]
        if turns and max(turns) > 0 and min(turns) >= 0:
            return True
    return False


def either_way(claim: str, said: str) -> frozenset[frozenset[str]]:
    """The pairs of names that may stand in each other's place, as `key` spells them.

    Both texts say a thing of the pair that is the same for either, or each one of a thing and its converse.
    """
    both = _mutual(claim) & _mutual(said)
    theirs = [*_relations(said)]
    for one in _relations(claim):
        for other in theirs:
            if other.word in _CONVERSES[one.word]:
                reversed_ = {(right, left) for left, right in _sides(other)}
                both |= {frozenset(pair) for pair in _sides(one) if pair in reversed_}
    return both


def _relations(text: str, patterns: Sequence[re.Pattern[str]] = _RELATING) -> Iterator[_Relation]:
    ends = [*_CLAUSE_ENDS.finditer(text)]
    for match in itertools.chain.from_iterable(pattern.finditer(text) for pattern in patterns):
        start = max((end.end() for end in ends if end.end() <= match.start()), default=0)
        stop = min((end.start() for end in ends if end.start() >= match.end()), default=len(text))
        left, right = text[start : match.start()], text[match.end() : stop]
        if not words(left) and stop < len(text):  # "After the war, he left"
            after = min((end.start() for end in ends if end.start() > stop), default=len(text))
            left = text[stop + 1 : after]
        goes_on = _GOES_ON.search(text[match.end() :]) is not None
        yield _Relation(match.groupdict().get("word", match[0]).lower(), left, right, goes_on)


def _turn(one: _Relation, other: _Relation) -> int:
    """How many more of their words stand on each other's sides than on the same."""
    left, right, before, behind = (set(content(text)) for text in (one.left, one.right, other.left, other.right))
    return len(left & behind) + len(right & before) - len(left & before) - len(right & behind)


def _sides(relation: _Relation) -> set[tuple[str, str]]:
    """Each name that stands next to a relating word on its left, with each on its right."""
    lefts, rights = _last(relation.left), _first(relation.right)
    return {(one, other) for one in lefts for other in rights}


def _mutual(text: str) -> frozenset[frozenset[str]]:
    """The pairs of names of which a text says the same for either, unless it goes on with what one of them did."""
    found: set[frozenset[str]] = set()
    for relation in _relations(text, [_MUTUAL]):
        if relation.goes_on:
            continue
        lefts, rights = _last(relation.left), _first(relation.right)
        pairs = itertools.product(lefts, rights) if rights else itertools.combinations(lefts, 2)
        found |= {frozenset(pair) for pair in pairs}
    return frozenset(found)


def _last(text: str) -> list[str]:
    """The name that a text ends with, and those that are joined to it."""
    return _run([match for match in NAME.finditer(text) if not _ASIDE.search(text[: match.start()])][::-1], text)


def _first(text: str) -> list[str]:
    """The name that a text begins with, and those that are joined to it; none behind a time or a place."""
    return _run([match for match in NAME.finditer(text) if not _ASIDE.search(text[: match.start()])], text)


def _run(matches: list[re.Match[str]], text: str) -> list[str]:
    """The first of these names and those that are joined to it, as `key` spells them with and without "-un"."""
    joined = matches[:1]
    for one, other in itertools.pairwise(matches):
        first, last = sorted((one.span(), other.span()))
        if not _JOINED.fullmatch(text[first[1] : last[0]]):
            break
        joined.append(other)
    return [spelled for name in joined for spelled in {key(name[0]), key(_SMALL.sub("", name[0]))}]
