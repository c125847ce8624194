"""Lines about the talk itself that no pattern foresaw: they are known by having no word that speaks of anything else.

"Could you explain to me what kinds of things you are able to answer?" has nothing in it but you, questions and answers.
A question about a fact nearly always has a word more.
"""

from __future__ import annotations

import re

from qa.types import Kind
from qa.words import STOPWORDS


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_FILLING = _words("""
    please pls plz ok okay oh well so now then also hi hello hey tell show give explain know want need like would see
    get let really exactly quickly briefly quick brief short kind kinds sort sorts type types thing things everything
    anything something something's i'm i'd you're lot much many bit little just quoth u ur me again here today
    """)
_THANKING = _words("thank thanks thx thnx tks ty cheers appreciated appreciate")
_PRAISING = _words("""
    great good perfect helpful quick fast nice awesome useful interesting help helps helped answer answers information
    info time explanation clarification bunch million work job lovely clear fine excellent brilliant wonderful needed
    wanted mate friend cool bye goodbye day amazing super enough question questions responding response reply that's
    thats it's kindly indeed got alright right sorry much-appreciated wow day evening night
    """)
_GREETING = _words("hi hello hey heya hiya hallo howdy greetings")
_GREETED = _words("""
    good morning afternoon evening day nice meet meeting pleased glad up going doing today fine bot friend there
    everyone questions question ask help assist world dear
    """)
_ABLE = _words("""
    able capable capabilities capability features functions abilities ability skills commands help helpful answer
    answers ask questions question use using work works working yourself offer purpose options possible usage
    instructions manual guide support introduce good tool assistant bot app program
    """)
_ABLE_AT_ALL = _ABLE - _words("good question questions possible tool app program")
_DOING = re.compile(r"\b(?:can|could|able to|to|what|else) (?:you |u )?do\b|\byou (?:can )?do\b")
_DOCUMENTS = _words(
    "documents docs files sources pdfs papers articles texts library collection corpus material database"
)
_HAVING = _words("""
    list lists listing files available loaded indexed added uploaded stored present currently names name titles number
    count total display access contain contains there search ask read different all complete full inventory
    """)
_ABOUT = _words("""
    topics topic subjects subject themes theme cover covers covered discuss discussed content contents contain contains
    overview summary summaries summarise summarize summarised summarized outline describe described description deal
    deals talk information inside general main ask asked
    """)
_ABOUT_AT_ALL = _ABOUT - _words("general main ask asked talk inside contain contains deal deals") | {"about"}
_OURS = _words("you have my your all library collection there")
"""Without one of these "Which documents?" asks on, in a conversation."""

_NOT_ASKED = re.compile(
    r"(?:how(?! many)|why|when|where|who|whose|is|does|did|was|were)\b|.*\b(?:he|she|they|did|was|were)\b"
)


def closed(said: str, begun: bool) -> Kind | None:
    """What a line is whose every word belongs to one kind of talk; None for any other.

    said: in lower case, without punctuation. begun: there was a conversation, of which it may speak.
    """
    words = said.replace("ask about", "ask").split()
    telling = {word for word in words if word not in STOPWORDS and word not in _FILLING}
    every = set(words)
    if every & _THANKING and telling <= _THANKING | _PRAISING and not every & {"who", "whom", "what", "why", "how"}:
        return "thanks"
    if words and words[0] in _GREETING and telling <= _GREETED | _GREETING:
        return "greeting"
    you = every & {"you", "your", "u", "ur", "yourself", "quoth", "you're"}
    if you and telling <= _ABLE and (every & _ABLE_AT_ALL or _DOING.search(said)) and not (begun and "it" in every):
        return "abilities"
    if _NOT_ASKED.match(said) or "quoth" in every:
        return None
    held = every & _DOCUMENTS
    if telling <= _DOCUMENTS | _ABOUT and (held or every & {"topics", "subjects", "themes"}) and every & _ABOUT_AT_ALL:
        return None if begun and not held else "overview"
    if held and re.match(r"what (?:is|are) (?:in|inside)\b", said):
        return "overview" if telling <= _DOCUMENTS else None
    if held and telling <= _DOCUMENTS | _HAVING:
        return None if begun and telling <= _DOCUMENTS and not every & _OURS else "documents"
    return None
