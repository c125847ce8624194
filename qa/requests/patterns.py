"""Requests about documents and what they say, as patterns over a line in lower case, without politeness.

A group of a pattern is what is to be summed up, compared or listed.
"""

from __future__ import annotations

import re

from qa.requests import small_talk

NAMED = (
    r"(?:document|doc|file|pdf|report|article|paper|text|mail|e-?mail|memo|presentation|slides|spreadsheet|sheet"
    r"|contract)"
)
FILE = r"[\w-]+\.(?:txt|md|pdf|docx?|pptx?|xlsx?|csv|html?|epub|eml|json|ipynb|rst|log)"
POINTING = re.compile(
    rf"(?:it|this|that|them|these|those)(?: (?:one|{NAMED}|source|answer))?(?: (?:all|up))?|(?:the )?above"
)
OF_DOCUMENT = re.compile(rf".*\b(?:{NAMED}|{FILE}|slides)\b.*")
SUMMARY = (
    r"(?:summar(?:y|ies)|short(?:er|ened)? version|synopsis|gist|recap|precis|abstract|overview|outline|tl ?dr"
    r"|takeaways?|highlights"
    r"|(?:main|key|central|important|most important) (?:points?|ideas?|takeaways?|messages?|facts|findings))"
)
SHORT = r"(?:an? |the |short |brief |quick |concise |very |one paragraph |[a-z]+-[a-z]+ |some |key |main )*"
SO_SHORT = r"in (?:a few|one|two|three|four|five|some) (?:words?|sentences?|paragraphs?|lines?|points|bullet points)"
ASKING = re.compile(r"(?:what|who|whom|whose|when|where|why|which|how|is|are|was|were|do|does|did|has|have|had)\b")
"""How a question begins, or a clause like one: "why it failed"."""
SUMMARISE = re.compile(
    r"(?:summari[sz]e|sumarise|sumarize|summeri[sz]e|sumeri[sz]e|recap|condense|sum up|tl ?dr|boil down)"
    rf"(?: (?:of|for me|{SO_SHORT}))*,?(?: (?P<x>.+))?"
    r"|(?:summary|summari[sz]e|tl ?dr): (?P<w>.+)|sum (?P<y>it|this|that|them|.+) up"
    r"|(?!(?:abstract|highlights)$)"  # by themselves they are headings, which may be looked for
    rf"(?:give|show|provide|write|make|get|need|want|have|see|create|generate)?(?: me| us)? ?{SHORT}{SUMMARY}"
    r"(?: (?:of|from|for|about|on|in) (?P<z>.+))?"
)
ASKS_SUMMARY = re.compile(
    rf"what (?:is|are) (?:the )?{SHORT}{SUMMARY} (?:of|from|in) (?P<x>.+)|what is (?P<y>.+) about"
    r"|what (?:does|do) (?P<z>.+?) (?:contain|say|cover|discuss|describe|talk about|deal with)|what is in (?P<w>.+)"
    r"|(?:explain|describe|tell me about|introduce|outline) (?P<v>.+ (?:document|doc|file|pdf)|\S+\.\w{2,5})"
)
BETWEEN = r",? (?:and|with|to|against|versus|vs|&|from|or) "
COMPARE = re.compile(
    r"(?:compare|contrast|compare and contrast)(?: between)? (?P<x>.+)"
    r"|(?:draw|make|give|do|show|write|need|want)?(?: me| us)? ?(?:an? |the |short |brief )*comparison "
    r"(?:of|between) (?P<y>.+)|(?:summari[sz]e|list|show|give|explain|describe)(?: me| us)? (?:all |the |main |key )*"
    r"(?:differences?|similarities) between (?P<v>.+)|(?:put|set|show) (?P<z>.+? (?:and|&"
    r"|with) .+?) (?:side by side|next to each other)"
    r"|how (?:do|does|did) (?P<w>.+? and .+?|(?:the|both|these|those) .+?) (?:compare|differ)"
    r"(?: (?:in|by|on|for) (?P<aspect>.+))?"
)
VERSUS = re.compile(r"(?P<x>[^?]+? (?:vs|versus) [^?]+)")
WORDS_OF_VERSUS = 12
ASPECT = re.compile(
    r"(?P<x>.+?) (?:in terms of|with respect to|with regard to|regarding|in regard to|as to|concerning|when it comes to"
    r"|by|on) (?P<aspect>.+)"
)
INTRODUCED = re.compile(r"(?:the )?(?:two|three|four|following)?\b[^:]{0,40}: ")
EVERY = r"(?:all|every|each|everything|anything)"
LIST = re.compile(
    r"(?:list|enumerate)(?: out| up| me| us| for me)*"
    r" (?!prices?\b|price\b|views?\b|box|comprehension|sizes?\b|numbers?\b|items? |of prices)(?P<x>.+)"
    r"|(?:give|show|make|get|create|write|compile|need|want|provide|have)?(?: me| us)? ?"
    r"(?:an? |the |full |complete |exhaustive |whole )*list (?:of|with) (?P<y>.+)"
    rf"|(?:find|show|get|give|name|tell|quote|collect|extract|search for|look up)(?: me"
    rf"| us)?(?: about)? {EVERY}\b ?(?P<z>.+)"
    r"|(?:every|each|all|all the) (?:mentions?|passages?|quotes?|places?|occurrences?|references?) (?P<v>.+)"
    r"|everything (?P<w>(?:about|on|that|the documents say) .+)"
    r"|what are all (?:of )?the (?P<s>.+)|where (?:is|are|was|were) (?P<u>.+) mentioned(?: in .+)?"
    rf"|(?:what|which) {small_talk.DOCUMENTS} (?:all )?(?:mention|discuss|describe|(?:talk|speak|are"
    rf"|say (?:something|anything))"
    r" (?:about|of|on)|deal with|cover|contain|have something on) (?P<t>.+)"
)
LISTED = re.compile(
    rf"^(?:{small_talk.DOCUMENTS} (?:that |which )?(?:about|on|of|mention|mentioning|discuss|discussing|are about"
    rf"|with) )?"
    r"(?:(?:of|out|all|every|each|everything|anything|the|any|about|on|that|you know|you have|there is)\b ?)*"
    r"(?:(?:mentions?|passages?|quotes?|places?|occurrences?|references?|sentences?)"
    r" (?:of|about|on|to|that mention|where|with|for) )?(?:(?:the )?(?:words?|names?|term) (?:of )?)?(?:(?:all"
    r"|the|of)\b ?)*"
)
MENTIONED = re.compile(
    r" (?:(?:that|which|who) )?(?:(?:is|are|was|were) )?(?:mentioned|named|listed|described)(?: (?:in|here"
    r"|anywhere) ?.*)?$"
    r"|,? (?:in|from) (?:the|my|all|these)(?: the)? (?:documents|files|library|texts|sources)$"
)
TEXTS = (
    r"(?:letters?|e-?mails?|mails?|posts?|blog|essays?|poems?|story|stories|speech|presentation|slides?|report"
    r"|plan|memo"
    r"|press release|tables?|chart|diagram|timeline|article|song|code|script|program|quiz|tweet|limerick|haiku"
    r"|reply|answer|paragraph|text"
    r"|advert|image)"
)
WRITE = re.compile(
    r"(?:write|compose)(?! (?:down|off|access|permissions?|protection|speed)\b)(?: .+)?"
    r"|(?:draft|pen)(?: up)?(?: me| us)? (?:(?:an?|the|some|another|my|our) .+|(?:letter|e-?mail|reply) (?:to|for) .+)"
    r"|(?:translate|rewrite|re-write|rephrase|paraphrase|reword|proofread)(?: .+)?"
    r"|(?:(?:generate|create|design|draw)(?: me| us)?(?: the| an?| some| another)"
    r"|(?:prepare|produce|make|give me|tell me)(?: me| us)?(?: an?| some| another))"
    rf"(?: \S+){{0,2}} (?:{TEXTS})(?: .*)?|(?:tell|make up|invent|imagine)(?: me| us)?(?: an?| another| some)? "
    r"(?:joke|story|stories|poem|song|tale)(?: .*)?|(?:sing|role-?play)(?: .*)?"
    rf"|(?:turn|convert|transform|make) .+ into (?:an?|the|some) (?:\S+ ){{0,2}}{TEXTS}(?: .*)?"
    r"|(?:suggest|propose|think of|come up with) (?:an?|some|another|two|three|five) (?:title|name|slogan"
    r"|headline|idea)s?(?: .*)?"
)
