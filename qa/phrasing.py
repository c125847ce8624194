"""Sentences and headings of an English document -> the questions that they answer, by patterns that keep the grammar.

A sentence becomes a question only where every word of the question is understood: the subject is a name, the verb is
one of a list, and what lies between the verb and the answer (a date, a reason, a maker) holds no pronoun and no clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.sentences import sentence_spans, trimmed
from qa.types import Mark
from qa.verbs import BASE, PAST
from qa.words import STOPWORDS


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question, and the span of the document that should answer it. score: higher reads better."""

    question: str
    start: int
    end: int
    score: float


_BUT_BY = {"born", "located", "based", "buried", "raised", "called", "known"}
"""Participles that nobody is named with: "X was born by ..." is not a thing to ask."""

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_YEAR = r"(?:1\d|20)\d\d(?![\d,.-]*\d)"
_DATE = (
    rf"(?:[Ii]n|[Oo]n) (?:the (?:spring|summer|autumn|fall|winter|evening|morning|night) of |(?:early|late|mid-?) ?)?"
    rf"(?:(?:{_DAYS}),? )?(?:\d{{1,2}} (?:{_MONTHS})(?:,? {_YEAR})?|(?:{_MONTHS}) \d{{1,2}}(?:, {_YEAR})?(?! {_YEAR})"
    rf"|(?:{_MONTHS}),? {_YEAR}|{_YEAR})"
)
_WORD = r"[\w&'’.-]*\w"
_SUBJECT = rf"(?P<subject>{_WORD}(?: {_WORD}){{0,6}}?)"
_CLAUSE = re.compile(
    rf"(?:(?P<first>{_DATE}),? )?{_SUBJECT} (?P<verb>was|were|{'|'.join(BASE)})"
    rf"(?P<rest>(?: {_WORD}){{0,9}}?)(?:(?P<when> {_DATE})\b|(?P<why>,? because\b)|(?P<by> by (?:the )?[A-Z])"
    rf"|(?P<where> (?:in|at|near) (?:the )?[A-Z])|(?P<stop>[.,;]))"
)
_IS = re.compile(rf"{_SUBJECT} (?P<verb>is|was|are|were) (?P<rest>(?:an?|the|one of)\b.+)")
_COUNT = re.compile(
    rf"(?:{_DATE},? )?{_SUBJECT} (?P<verb>has|have|had|{'|'.join(BASE)}) "
    r"(?:about |around |over |nearly |more than |some )?"
    r"(?:\d{1,3}(?:,\d{3})*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty)"
    rf" (?P<things>(?:[a-z-]+ ){{0,2}}?[a-z]+s)"
    rf"(?P<rest>(?: (?:in|on|at|with|to|from|for|of) {_WORD}(?: {_WORD}){{0,5}}?)?)[.,;]"
)
_APPOSITION = re.compile(
    rf"(?P<subject>[A-Z]{_WORD}(?: [A-Z]{_WORD}){{1,3}}), (?P<rest>(?:an?|the|his|one of|then) [^,.;]+)"
)
"""A name, and in the words after it what it is the name of."""
_PIECES = re.compile(r"; |, (?:and|but|yet|while) ")
_COUNTED_OTHERWISE = re.compile(
    r"\b(?:times|years?|days?|months?|weeks?|hours?|minutes|others?|dollars|points|percent)\b"
)
_ROLE = re.compile(
    r"\b(?:actor|actress|admiral|adviser|advisor|ambassador|architect|artist|astronomer|athlete|author|bishop|businessman"
    r"|chairman|chemist|coach|commander|composer|diplomat|director|doctor|economist|emperor|engineer|envoy|explorer"
    r"|founder|general|governor|historian|inventor|journalist|judge|king|lawyer|leader|mathematician|mayor|medic|merchant"
    r"|minister|monk|musician|negotiator|novelist|nurse|officer|painter|philosopher|physician|physicist|pilot|player"
    r"|poet|politician|pope|president|priest|private|prince|princess|professor|queen|sailor|saint|scholar|scientist|sculptor"
    r"|secretary|senator|singer|soldier|student|surgeon|teacher|theologian|writer)\b"
)
_HUMAN = re.compile(r"\b(?:he|she|his|her|him|who|whom|born|aged)\b", re.IGNORECASE)
_QUESTION = re.compile(r"(?:Who|What|When|Where|Why|Which|How|Is|Are|Can|Could|Does|Do|Did|Will|Was|Were|Should)\b.*\?")
_HOW_TO = re.compile(r"How to (?P<rest>[a-z].+)")
_GERUNDS = {
    **{"Adding": "add", "Asking": "ask", "Building": "build", "Changing": "change", "Configuring": "configure"},
    **{"Creating": "create", "Deleting": "delete", "Disabling": "disable", "Enabling": "enable", "Exporting": "export"},
    **{"Importing": "import", "Installing": "install", "Removing": "remove", "Running": "run", "Updating": "update"},
    **{"Upgrading": "upgrade", "Using": "use", "Writing": "write", "Uninstalling": "uninstall"},
}
_GERUND = re.compile(
    rf"(?P<verb>{'|'.join(_GERUNDS)}) (?P<rest>(?:an?|the) (?:[\w-]+ ){{0,3}}[\w-]+|(?:[a-z]+ )?[a-z]+[^s\W]s)"
)
_TURNED = re.compile(
    rf"(?P<ask>How|Why|When|Where|What) (?P<subject>{_WORD}(?: {_WORD}){{0,3}}) "
    r"(?P<verb>is|are|was|were|can) (?P<rest>.+)"
)
"""A heading such as "How a question is answered"."""
_MARKUP = re.compile(r"!?\[([^\]\[]*)\]\([^()\s]*\)|\*\*|__|`|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)|\[\d+\]")
_SMALL = re.compile(r"(?<![\w/.@:_-])[a-z][\w'’-]*(?![\w/@:_]|\.\w)")
"""A word that is written small, but not in an address or a name of a file."""
_TITLE = re.compile(rf"(?!The ){_WORD}(?: {_WORD}){{0,3}}")
"""What may be the name of the thing that a document is about."""
_BULLET = re.compile(r"(?:[-*+•‣▪–]|\d{1,3}[.)]) ")
_OPENING = """
    additionally afterwards although altogether among around besides consequently despite earlier early eventually
    finally former formerly fortunately furthermore hence however in indeed instead later like meanwhile moreover near
    nearly nevertheless nobody nothing nonetheless originally perhaps previously rather recently several similarly
    soon still subsequently though throughout thus today together tomorrow traditionally two three unlike unfortunately
    upon usually via whereas within without yesterday yet
"""
_NO_NAMES = {*_OPENING.split(), *f"{_MONTHS}|{_DAYS}".lower().split("|")}
"""Words that are capitalised and name nobody."""
_JOINING = {"the", "of", "and"}
_VAGUE = re.compile(
    r"\b(?:it|itself|he|she|they|them|themselves|him|himself|her|herself|hers|we|us|our|you|your|i|me|my|this|that|these"
    r"|those|there|here|who|whom|whose|which|what|where|when|while|if|so|also|then|now|not|never|only|again|later|both"
    r"|one|other|others|another|same|such|former|latter|still|already|even|each|as|than)\b",
    re.IGNORECASE,
)
_LOOSE_END = re.compile(
    r"\b(?:a|an|the|of|in|on|at|to|by|for|from|with|and|or|but|into|as|his|its|their|until|between)$"
)
_FOR_PLACES = {"born", "held", "built", "located", "based", "founded", "signed", "buried", "discovered", "made"}
_DEFINITION = 250
"""Characters at the beginning of a section in which it says what it is about."""
_LONGEST_NAME = 60
_LONGEST = 14
"""Words of a question."""
LEAST = 0.0
"""Least score of a question that is worth asking."""


def phrased(text: str, marks: Sequence[Mark], kind: str) -> list[Candidate]:
    """The questions that a text answers, best first; `text` may be a document's beginning."""
    sentences = list(_sentences(text, marks, kind))
    names = _names([sentence for sentence, _, _ in sentences], [mark.heading or "" for mark in marks[:1]], text)
    found = [*_from_headings(text, marks, names), *_from_sentences(sentences, text, names)]
    good = {one.question: one for one in reversed(found) if one.score >= LEAST}
    return sorted(good.values(), key=lambda one: (-one.score, one.start))


def _sentences(text: str, marks: Sequence[Mark], kind: str) -> Iterator[tuple[str, int, int]]:
    """Whole sentences without markup on one line, and where they stand; none that begins with a heading."""
    headings = {mark.start: mark.heading for mark in marks if mark.heading}
    for span in sentence_spans(text, kind):
        start, end = trimmed(text, *span)
        sentence = _BULLET.sub("", " ".join(_MARKUP.sub(r"\1", text[start:end]).split()))
        spaced = " ," in sentence or " ." in sentence  # taken apart by a program, and not put together again
        if (
            sentence.endswith(".")
            and sentence[0].isalnum()
            and not spaced
            and not sentence.startswith(headings.get(start, "\n"))
        ):
            yield sentence, start, end


def _names(sentences: Sequence[str], titles: Sequence[str], text: str) -> frozenset[str]:
    """Words that are capitalised inside sentences or in the title, or before such a word, and nowhere written small."""
    small = {word.lower() for word in _SMALL.findall(text)} | STOPWORDS | _NO_NAMES

    def is_name(word: str) -> bool:
        return word[:1].isupper() and _bare(word).lower() not in small

    names = {_bare(word) for one in sentences for word in re.findall(rf"(?<=[\w,;] ){_WORD}", one) if is_name(word)}
    names |= {_bare(word) for one in titles if _TITLE.fullmatch(one) for word in one.split() if is_name(word)}
    beginnings = (re.findall(_WORD, one[:_LONGEST_NAME])[:2] for one in sentences)
    return frozenset(names | {one[0] for one in beginnings if is_name(one[0]) and _bare(one[-1]) in names})


def _bare(word: str) -> str:
    return re.sub(r"['’]s?$", "", word)


def _from_headings(text: str, marks: Sequence[Mark], names: frozenset[str]) -> Iterator[Candidate]:
    """What headings ask, or name: the whole section is the answer."""
    for place, mark in enumerate(marks):
        heading = " ".join(_MARKUP.sub(r"\1", mark.heading or "").split())
        end = marks[place + 1].start if place + 1 < len(marks) else len(text)
        question = _asked_by(heading, names)
        if question and 4 <= len(question.split()) <= _LONGEST:
            if question.startswith("What is the"):
                end = min(end, mark.start + _DEFINITION)
            yield Candidate(question, mark.start, end, 2.0 + _readable(question, names))


def _asked_by(heading: str, names: frozenset[str]) -> str | None:
    if _QUESTION.fullmatch(heading):
        return None if re.search(r"\b(?:it|this|that|they|these|those|he|she)\b", heading, re.IGNORECASE) else heading
    if not re.fullmatch(r"[\w '’&-]+", heading) or _VAGUE.search(heading):
        return None
    if (how := _HOW_TO.fullmatch(heading)) and len(how["rest"].split()) > 2:
        return f"How do I {how['rest']}?"
    if doing := _GERUND.fullmatch(heading):
        return f"How do I {_GERUNDS[doing['verb']]} {doing['rest']}?"
    if turned := _TURNED.fullmatch(heading):
        subject = turned["subject"]
        if subject.startswith(("the ", "a ", "an ")) or all(_bare(word) in names for word in subject.split()):
            return f"{turned['ask']} {turned['verb']} {subject} {turned['rest']}?"
    words = heading.split()
    if len(words) in (2, 3, 4) and words[0] == "The" and all(word in names for word in words[1:]):
        return f"What is the {' '.join(words[1:])}?"
    return None


def _from_sentences(sentences: Sequence[tuple[str, int, int]], text: str, names: frozenset[str]) -> Iterator[Candidate]:
    for place, (sentence, start, end) in enumerate(sentences):
        following = sentences[place + 1][0] if place + 1 < len(sentences) else ""
        for question in _asked_of(sentence, following, names):
            if len(question.split()) <= _LONGEST:
                score = _readable(question, names)
                if question.startswith("Who"):
                    subject = question.split(" ", 2)[2].rstrip("?")
                    score += 0.5 * min(text.count(subject), 5)
                yield Candidate(question, start, end, score)


def _asked_of(sentence: str, following: str, names: frozenset[str]) -> Iterator[str]:
    """following: the next sentence, which may say by its first words that the subject is a person."""
    tense = "was" if re.search(rf"\b(?:was|were|had|{'|'.join(BASE)})\b", sentence) else "is"
    for apposition in _APPOSITION.finditer(sentence):
        name = apposition["subject"].split(" ", 1)
        subject = name[1] if name[0].lower() in _NO_NAMES else " ".join(name)  # "Later Jan Novak, the mayor, ..."
        before = sentence[: apposition.start()].split()[-1:]
        if before and (before[0] == "of" or _bare(before[0]) in names):  # "Secretary of State Mike Pompeo, ..."
            continue
        if " " in subject and _named(subject, names) and _ROLE.search(" ".join(apposition["rest"].split()[:8])):
            yield f"Who {tense} {subject}?"
    for piece in _PIECES.split(sentence):
        if (clause := _CLAUSE.match(piece)) and (subject := _named(clause["subject"], names)):
            yield from _of_clause(clause, subject)
        if (counted := _COUNT.match(piece)) and (subject := _named(counted["subject"], names)):
            yield from _of_count(counted, subject)
    if (copula := _IS.match(sentence)) and (subject := _named(copula["subject"], names)):
        rest = copula["rest"]
        person = bool(
            _ROLE.search(" ".join(rest.split()[:8])) or _HUMAN.search(f"{rest} {' '.join(following.split()[:2])}")
        )
        if person and not subject.startswith(("the ", "a ")) and copula["verb"] in ("is", "was"):
            yield f"Who {copula['verb']} {subject}?"
        elif not person and len(rest.split()) >= 5:
            yield f"What {copula['verb']} {subject}?"


def _of_count(counted: re.Match[str], subject: str) -> Iterator[str]:
    verb, things, rest = counted["verb"], counted["things"], counted["rest"]
    if _COUNTED_OTHERWISE.search(things) or _VAGUE.search(f"{things}{rest}") or _LOOSE_END.search(rest):
        return
    auxiliary = {"has": "does", "have": "do"}.get(verb, "did")
    yield f"How many {things} {auxiliary} {subject} {BASE.get(verb, 'have')}{rest}?"


def _of_clause(clause: re.Match[str], subject: str) -> Iterator[str]:
    verb, rest = clause["verb"], clause["rest"]
    words = rest.split()
    if _VAGUE.search(rest) or _LOOSE_END.search(rest):
        return
    if verb in ("was", "were"):
        participle = words[0] if words and words[0] in {*PAST, *_BUT_BY} else None
        if clause["why"] and words:
            yield f"Why {verb} {subject}{rest}?"
        elif not participle:
            return
        elif clause["by"] and len(words) == 1 and participle in PAST:
            yield f"Who {PAST[participle]} {subject}?"
        elif clause["when"] or clause["first"]:
            yield f"When {verb} {subject}{rest}?"
        elif clause["where"] and len(words) == 1 and participle in _FOR_PLACES:
            yield f"Where {verb} {subject} {participle}?"
    elif clause["why"]:
        yield f"Why did {subject} {BASE[verb]}{rest}?"
    elif clause["when"] or clause["first"]:
        yield f"When did {subject} {BASE[verb]}{rest}?"


def _named(subject: str, names: frozenset[str]) -> str | None:
    """The subject as it stands inside a question; None where it is no name, or more than a name."""
    words = subject.split()
    body = words[1:] if words[0] in ("The", "the", "A", "An") else words
    named = [word for word in body if _bare(word) in names]
    if not body or not named or any(word.lower() in STOPWORDS - _JOINING for word in body):
        return None
    if body is words and words[0] not in named:
        return None
    if len({word.lower() for word in body}) < len(body):  # a heading ran into the sentence
        return None
    if any(word in BASE or word in PAST for word in body) or words[-1] in _JOINING or words[0] in ("A", "An"):
        return None
    return " ".join([words[0].lower(), *body]) if body is not words else subject


def _readable(question: str, names: frozenset[str]) -> float:
    """How well a question says what it is about: by its names, and by being neither terse nor long."""
    words = question.rstrip("?").split()
    named = min(sum(_bare(word) in names for word in words[1:]), 1 if words[0] == "Who" else 4)
    vague = len(re.findall(r"\bthe (?!first time)[a-z]", question))
    if words[0] == "Who":
        return named - 0.75 * vague
    terse = named == 1 and len(words) <= 5 and words[0] != "What"
    return named - 0.75 * vague - 0.25 * max(len(words) - 11, 7 - len(words), 0) - 0.5 * (words[0] == "When") - terse
