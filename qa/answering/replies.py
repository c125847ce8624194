"""A chat model's reply as it came -> its sentences, each with the passages that it names and the words it quotes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa.answering.marks import without_marks
from qa.answering.prompting import NOT_THERE
from qa.sentences import sentence_spans, trimmed

LONGEST = 8_000
"""Characters of a reply that are read; a model that goes on without end is stopped there."""

LOOPS = 3
"""Words from which on a sentence that was said before is left out."""

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_THOUGHT_BEFORE = re.compile(r"\A.*</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
"""Of a model whose server has opened its thoughts itself, in the prompt."""

_IMAGE_OR_LINK = re.compile(
    r"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*(?:<([^<>\n]*)>|((?:[^()\s<>]|\([^()\s<>]*\))*))"
    r"(?:\s+[\"'(][^\"'()]*[\"')])?\s*\)"
)
_LIVE_TAG = re.compile(
    r"<(?=/?(?:a|area|audio|base|button|embed|form|frame|iframe|image|img|input|link|meta|object|picture|script|source"
    r"|style|svg|track|video)\b)",
    re.IGNORECASE,
)
"""HTML that fetches or acts where somebody shows an answer as Markdown. Quoth itself shows text."""

_BY_REFERENCE = re.compile(r"!?\[([^\[\]]*[^\W\d][^\[\]]*)\] ?\[[^\[\]]*\]")
_REFERENCE = re.compile(r"^ {0,3}\[([^\[\]]+)\]:\s*<?(\S+?)>?(?:\s+[\"'(].*)?$", re.MULTILINE)
_QUOTED = re.compile(r"“([^“”]{12,})”|\"([^\"]{12,})\"|«([^«»]{12,})»|„([^„“”]{12,})[“”]")
_LEAD = re.compile(
    r"[*_#\s]*(?:(?:sure|certainly|of course)[!,.] )?(?:here(?:['’]s| is) )?(?:the |your )?(?:final )?"
    r"(?:answer|response)(?: to (?:the|your) question| is)?[*_]*\s*:[*_]*\s*",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\W*(?:sources?|references?|citations?|passages?|answer|response)\s*:?\W*", re.IGNORECASE)
_SOURCES = re.compile(
    r"(?<=\S)\s*\n[ \t]*[*_#]*[ \t]*(?:sources?|references?|citations?)[*_]*:?[*_]*[ \t]*\n+"
    r"(?:[ \t]*(?:[-*+•][ \t]+)?\[\^?\d{1,3}\][^\n]*(?:\n+|\Z))+\Z",
    re.IGNORECASE,
)
"""A list of sources under the answer; the sources that Quoth knows stand there themselves."""

_OPENING = re.compile(
    r"(?:sure|certainly|of course|absolutely|(?:great|good) question)(?: thing)?[!.,]*", re.IGNORECASE
)
_CLOSING = re.compile(
    r"(?:please )?(?:let me know|feel free to ask) if you\b.*|i hope (?:this|that|it) helps\b.*", re.IGNORECASE
)
"""What is said to be polite, before and behind an answer; it states nothing."""

_FRAME = re.compile(
    r"(?:according to|based on|as (?:stated|said|described|mentioned|noted|shown|reported) (?:in|by)|from|in) "
    r"(?:the |these |this |provided |given |numbered |above |information (?:provided |given )?(?:in|from) )*"
    r"(?:passages?|documents?|texts?|context|excerpts?|sources?|information)(?: provided| given| above)?, "
    r"|(?:the |these |this |provided |given |(?:first|second|third|fourth|fifth) )+"
    r"(?:passages?|documents?|texts?|context|excerpts?|sources?)"
    r" (?:also )?(?:says?|states?|mentions?|notes?|explains?|reports?|indicates?|tells us|shows?) that ",
    re.IGNORECASE,
)
"""Words that say only that the documents say what follows."""

_MATERIAL = (
    r"(?:(?:the|these|those|your|any of the|provided|given|supplied|available|numbered|above) )*"
    r"(?:passages?|documents?|text|texts|context|information|material|excerpts?|sources?|files?)"
)
_REFUSALS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        re.escape(NOT_THERE),
        rf"\b{_MATERIAL}(?: \w+){{0,3}} (?:do|does|did)(?: not|n['’]t)"
        r" (?:\w+ )?(?:contain|mention|say|state|answer|provide|include|specify|give|tell|discuss|address|cover|offer"
        r"|indicate|explain|reveal|have|identify|describe|disclose|list)",
        rf"\b(?:not|n['’]t|never) (?:\w+ )?(?:mentioned|stated|specified|given|provided|said|found|included|answered"
        rf"|discussed|addressed|covered|available|disclosed|named|listed|described|indicated|explained|contained)\b"
        rf"(?:.{{0,40}}\b{_MATERIAL})?",
        r"\bno (?:\w+ ){0,3}(?:information|mention|details?|answer|reference|indication|data|evidence)\b",
        r"\b(?:can(?:not|['’]t| not)|could(?: not|n['’]t)|am unable to|['’]m unable to|unable to|not able to) (?:\w+ )?"
        r"(?:answer|find|determine|tell|locate|say|provide|give|identify|confirm)",
        r"\bi (?:can(?:not|['’]t)|am (?:unable|not able) to) (?:help|assist)\b",
        r"\W*(?:unknown|n/a|not (?:known|available|applicable)|no answer)\W*\Z",
        r"\bi (?:do not|don['’]t) (?:know|have|see|find)\b",
        rf"\b(?:nothing|none|nowhere) (?:of |in |about |on |from )*{_MATERIAL}",
        rf"\b(?:is|are|remains?) (?:unknown|unclear|not clear|not known)\b.{{0,40}}\b{_MATERIAL}",
        rf"\b{_MATERIAL} (?:is|are|remains?) silent\b",
        r"\b(?:insufficient|not enough|too little) (?:information|context|detail|data)",
        r"\b(?:sorry|apologi[sz]e|afraid)\b.{0,60}\b(?:not|no|n['’]t|unable)\b",
        rf"\b(?:outside|beyond) (?:the scope of )?{_MATERIAL}",
    )
]
"""Ways of saying that the documents do not answer. A sentence that also gives something is told by what supports it."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a reply.

    text: without marks. lead: the white space, list sign or heading before it. cited: numbers of passages that it names
    and that there are, from 1, in their order. quoted: words that it has in quotation marks. refuses: it says that the
    documents do not answer.
    """

    text: str
    lead: str
    cited: tuple[int, ...]
    quoted: tuple[str, ...]
    refuses: bool

    @property
    def claim(self) -> str:
        """What it states: without the words that say only that the documents say so."""
        claim = _FRAME.sub("", self.text, count=1) if _FRAME.match(self.text) else self.text
        return claim[:1].upper() + claim[1:]


def spoken(reply: str) -> str:
    """A reply without what a model thinks aloud."""
    return _THOUGHT_BEFORE.sub("", _THOUGHT.sub("", reply))


def plain(reply: str) -> str:
    """A reply as text: links and images, also those by reference, become their words with the address behind."""
    text = _SOURCES.sub("", spoken(reply)[:LONGEST])
    text = _REFERENCE.sub(lambda match: f"{_unmarked(match[1])} {match[2]}", text)
    for _ in range(2):  # an image may stand in a link
        text = _IMAGE_OR_LINK.sub(_address_behind, text)
    text = _BY_REFERENCE.sub(lambda match: match[1], text)
    text = re.sub(r"\](?=\()", "] ", text)  # whatever else may be read as one
    return _LEAD.sub("", text.strip(), count=1) if _LEAD.match(text.strip()) else text.strip()


def sentences(reply: str, passages: int) -> list[Said]:
    """The sentences of a reply. passages: how many there are; marks with other numbers are dropped."""
    text, marks = without_marks(plain(reply), passages)
    text = _LIVE_TAG.sub("‹", text)
    found: list[Said] = []
    lead = ""
    for span in sentence_spans(text, "md"):
        start, end = trimmed(text, *span)
        body = re.match(r"(?:(?:[-*+•>]|\d{1,2}[.)]|#{1,6})\s+)+", text[start:end])
        inner = start + (body.end() if body else 0)
        lead += text[span[0] : inner]
        # A mark behind the full stop belongs to the sentence before it.
        cited = [number for place, numbers in marks if span[0] < place <= max(end, span[0] + 1) for number in numbers]
        written = text[inner:end]
        last = not text[span[1] :].strip()
        polite = _CLOSING if found and last else _OPENING if not found and not last else None
        if polite and polite.fullmatch(written) and not cited:
            continue
        if not re.search(r"\w", written) or _LABEL.fullmatch(written):
            if found and cited:
                found[-1] = _with_more(found[-1], cited)
            lead += written
            continue
        before = [place for place, one in enumerate(found) if one.text == written and len(written.split()) >= LOOPS]
        if before:  # a weak model goes round in circles
            found[before[0]] = _with_more(found[before[0]], cited)
            lead = "\n\n" if "\n" in lead else " "
            continue
        quoted = tuple(" ".join(filter(None, match.groups())) for match in _QUOTED.finditer(written))
        refuses = any(pattern.search(written) for pattern in _REFUSALS)
        found.append(Said(written, lead if found else lead.lstrip(), tuple(dict.fromkeys(cited)), quoted, refuses))
        lead = text[end : span[1]]
    return found


def _with_more(said: Said, cited: list[int]) -> Said:
    return Said(said.text, said.lead, tuple(dict.fromkeys([*said.cited, *cited])), said.quoted, said.refuses)


def _address_behind(link: re.Match[str]) -> str:
    return " ".join(filter(None, (_unmarked(link[1]), f"({link[2] or link[3] or ''})")))


def _unmarked(words: str) -> str:
    """The words of a link, unless they look like a mark of ours."""
    return "" if re.fullmatch(r"[\^\s\d,;–-]*", words) else words
