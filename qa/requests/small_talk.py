"""Lines that are about the talk itself: greetings, thanks, what Quoth can do, which documents there are."""

from __future__ import annotations

import re

DOCUMENTS = r"(?:documents|docs|files|sources|pdfs|papers|articles|texts)"
"""Words for what a library holds, of several."""

_ALL = r"(?:all |of |the |these |those |this |my |our |your |every |whole |entire |different |other )*"
THEM = (
    rf"(?:they|these|those|this|it|everything|all of (?:them|it)"
    rf"|{_ALL}(?:{DOCUMENTS}|library|collection|corpus|material))(?: (?:all|here))*"
)
"""What may be said for all documents."""

_HERE = (
    r"(?: (?:here|there|loaded|indexed|available|stored|now|so far|in total|to search|(?:that )?you (?:have|know)))*"
)
_IN_LIBRARY = r"(?: in (?:the|this|my|your) (?:library|collection|index|folder|corpus|database))?"
_THING = r"(?:this|quoth|this (?:thing|tool|app|program|bot))"

_HELLO = (
    r"(?:hi|hello|hey|heya|hiya|hallo|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|morning|evening)"
    r"(?: (?:hi|hello|there|again|quoth|everyone|all|bot|friend|anyone there|anybody there|is anyone there))*"
)
_HOW_ARE_YOU = (
    r"(?:how are (?:you|u|things)(?: doing)?(?: today)?|how is it going|how do you do|nice to meet you|what is up"
    r"|(?:can|could) (?:you|u) (?:please )?(?:help|assist) me(?: (?:please|here))*"
    r"|(?:can|may|could) i (?:please )?ask (?:you )?(?:some|a few|a) questions?(?: here)?)"
)
_BYE = (
    r"(?:(?:ok|okay|well|alright) )?(?:(?:good ?bye|bye|bye bye|farewell|good night|cya)(?: (?:for now|quoth|then"
    r"|now))*"
    r"|see (?:you|ya)(?: (?:later|soon|tomorrow|then))?|have a (?:nice|good|great) day)"
)
_PRAISE = (
    r"(?:ok|okay|oh|wow|yes|no|alright|great|perfect|good|nice|cool|excellent|awesome|wonderful|brilliant|super"
    r"|fine|amazing"
    r"|got it|i see|(?:that|this|it) (?:is|was) (?:(?:very|really|so|quite) )?"
    r"(?:great|fine|good|helpful|useful|perfect|interesting|all|all i (?:need|needed|wanted))"
    r"|(?:very|really|so) (?:interesting|helpful|good|nice|useful)|(?:the )?information is very helpful|(?:that"
    r"|this) helps"
    r"|that helped|that will do|that is all i (?:need|needed|wanted))"
)
_THANK = (
    r"(?:(?:many |my |big )?thanks|thank (?:you|u|ya)|thx|thnx|tks|ty|cheers|(?:much|greatly) appreciated"
    r"|i appreciate it)"
)
_FOR = (
    r"(?:so much|very much|a lot|a bunch|a million|again|indeed|quoth|mate|friend|kindly|to you|for (?:your|the"
    r"|all|this|that"
    r"|all your|the great)(?: (?:kind|great|quick))?(?: (?:help|answers?|information|info|explanation|time"
    r"|clarification))?)"
)
_WANTED = (
    r"(?:just |exactly )?what i (?:needed|wanted|was (?:looking|searching) for|was after)(?: to (?:know|hear|see))?"
)

GREETING = re.compile(rf"{_HELLO}(?: {_HOW_ARE_YOU})?|how are (?:you|u)(?: doing)?(?: today)?|{_BYE}")
FAREWELL = re.compile(_BYE)
THANKS = re.compile(
    rf"(?:{_PRAISE} ){{0,4}}{_THANK}(?: {_FOR}){{0,3}}(?: {_PRAISE}){{0,2}}(?: {_BYE})?|(?:{_PRAISE} ){{0,2}}"
    r"(?:(?:that|this|it) (?:is|was) (?:(?:very|really) )?(?:great|fine|good|helpful|perfect|all i (?:need|needed"
    r"|wanted)))"
    rf"|(?:{_THANK} )?(?:(?:that|this|it) (?:is|was) )?{_WANTED}(?: {_THANK})?"
    rf"|(?:{_PRAISE} )?(?:well done|(?:very |really )?(?:great|good|nice|excellent|perfect|amazing|brilliant) "
    rf"(?:answers?|job|work|explanation|summary|stuff))(?: {_THANK})?"
)
_NOD = (
    r"(?:ok|okay|k|yes|yep|yeah|yup|no|nope|sure|all ?right|right|oh|ah|wow|hm+|lol|i see|got it|understood|great|cool"
    r"|nice|never ?mind|no problem|(?:that|this) is (?:ok|okay|fine|right|clear|good))"
)
NOD = re.compile(rf"{_NOD}(?: {_NOD}){{0,3}}")
"""Says that an answer was heard, and asks nothing."""

GOING_ON = re.compile(
    rf"(?:{_NOD} )?(?:please(?: do)?|(?:more|go on|continue|keep going|carry on|go ahead|(?:show|tell|give) me more"
    r"|show more)(?: please)?)"
)
"""Asks for more of the last answer, and not of what."""

HELLO_BEFORE = re.compile(rf"(?:{_HELLO}|{_THANK}(?: {_FOR}){{0,3}}),? ")
"""A greeting, or thanks, with more behind it."""

_POLITE = re.compile(
    rf"\s*(?:{_HELLO}|thanks|thank you|thx|ok|okay|great|please|briefly|in short|question|q|summary|summari[sz]e"
    r"|tl;?dr)(?:\s*[,.!:;]+\s*)(?=(?:and |but |so |please )?"
    r"(?:what|when|where|who|whom|whose|which|why|how|is|are|was|were|do|does|did|can|could|will|would|has|have|tell)\b)",
    re.IGNORECASE,
)


def without_greeting(question: str) -> str:
    """A question without the greeting or the thanks before it, which the documents need not have."""
    return question[found.end() :] if (found := _POLITE.match(question)) else question


ABILITIES = re.compile(
    r"what (?:all |else |exactly |things |kinds? of things )*(?:can|could) "
    rf"(?:you|u|{_THING}) (?:do|answer|help(?: me)? with)(?: for me| here| exactly)*"
    r"|what (?!is quoth$)(?:else )?(?:are|is) (?:you|u|your|this|quoth|ur) ?(?:able to do|capable of(?: doing)?"
    r"|capabilities|features|abilities|functions|skills|good (?:at|for)|there for|for)?(?: for me| here)?"
    r"|what (?:is it (?:that )?)?(?:do )?you do(?: here| exactly)?|who are you(?: and .*)?|what are you(?: and .*)?"
    rf"|how (?:do you|does {_THING}) work(?: here)?|how (?:can|do|should|could|would) i (?:use|work with|talk to) "
    rf"(?:you|{_THING})|how (?:can|could|will|do) you help(?: me)?|(?:can|could|will) you help(?: me)?(?: here)?"
    r"|(?:what|which)(?: kinds? of| sorts? of| type of| types of)? (?:questions|things) (?:can|could|may|should) "
    r"(?:i ask|you answer|you do)(?: you| here)*"
    rf"|what (?:can|could|may|should) i (?:ask|do|type|say)(?: (?:you|here|with (?:you|{_THING})))*"
    r"|what commands (?:are there|do you have|can i use|do you know)|how (?:should|do"
    r"|can) i ask(?: you)?(?: a)? questions?"
    rf"|are you able to (?:summari[sz]e|compare|search|list)(?: {DOCUMENTS})?"
    r"|(?:compare|list|find|search|ask)(?: (?:all|everything|anything|something))?|commands|menu|options|usage"
    r"|(?:i need )?help(?: me)?(?: here)?|(?:show|tell|explain|list)(?: to)?(?: me)? (?:what (?:all )?(?:you|u) can do"
    rf"|what {_THING} can do|how (?:to|i can|do i|can i) use (?:you|{_THING})|how you work|how {_THING} works"
    r"|(?:all )?your (?:features|capabilities|abilities|functions|skills|commands))"
)
"""Questions with nothing but Quoth in them."""

UNCLEAR = re.compile(r"how does this work|what is this(?: for)?|what are (?:they|these|those)(?: all)? about")
"""May speak of what was talked about, where there was something."""

LIST_DOCUMENTS = re.compile(
    rf"(?:what|which|how many)(?: other| different| kinds? of| types? of)? {DOCUMENTS} (?:"
    r"(?:do|can|could) (?:you|we|i) (?:have|know|see|search|use|read|hold|get)(?: got)?(?: access to)?"
    r"|(?:have|did) (?:you|we|i) (?:got|get|have|read|indexed|index|loaded|load|added|add|been given)|(?:are|is)"
    rf"(?: you using| being used| searched)?|you (?:have|got)){_HERE}{_IN_LIBRARY}{_HERE}"
    r"|(?:what|which) (?:data|information|material|content) do you have(?: access to)?"
    rf"|what (?:do you have|have you got|is stored|did you read|have (?:you|we|i) (?:indexed|read|loaded|added))"
    rf"{_IN_LIBRARY}{_HERE}"
    rf"|(?:list|show|name|display|enumerate|give|see|tell)(?: me| us)*(?: a| the)*(?: full"
    rf"| complete)?(?: list of)? ?{_ALL}"
    rf"{DOCUMENTS}(?: (?:that )?(?:you|i|we) (?:have|know|use|can (?:see|search|read)|added|read))?{_HERE}{_IN_LIBRARY}"
    rf"|(?:tell|show)(?: me)? (?:what|which) {DOCUMENTS} (?:you have|are|there are|are there){_HERE}{_IN_LIBRARY}"
    rf"|(?:do you have|have you got|are there|have you) any {DOCUMENTS}{_HERE}{_IN_LIBRARY}|{_ALL}{DOCUMENTS}"
)
_TOPICS = r"(?:topics|subjects|themes|areas|things|matters)"
OVERVIEW = re.compile(
    rf"what is (?:in )?here|(?:tell me |describe )?what (?:are|is) {THEM} about|(?:tell me "
    rf"|describe )?what {THEM} (?:are|is) about"
    rf"|(?:tell me )?what (?:do|does) {THEM} (?:all )?(?:cover|contain|discuss|talk about|deal with|describe"
    rf"|speak of|say)"
    rf"|what (?:kind|sort|type)s? of (?:information|content|data|things?|texts?) (?:is|are"
    rf"|do) (?:there )?(?:in )?{THEM}"
    rf"(?: have| contain)?|(?:what is|what are|show(?: me)?|describe) the contents? of {THEM}"
    rf"|what (?:is|are|do we find|can i find|do you have) (?:in|inside) {THEM}"
    rf"|(?:what|which) {_TOPICS} (?:do|does|can|are|is) ?(?:{THEM} )?(?:cover|covered|discuss|discussed|treat"
    rf"|there|in here)"
    rf"(?: (?:here|there|(?:in|by) {THEM}))*"
    rf"|(?:give|show|provide|make|write)?(?: me| us)?(?: an?| the)?(?: short| brief| quick| general)*(?: )?"
    rf"(?:overview|outline|summary|survey|rundown|summaries|main topics|topics)(?: (?:of|over|from|on"
    rf"|about) (?:what is (?:in |inside )?)?(?:{THEM}|here|there))"
    rf"|(?:give|show|provide|make|write)?(?: me| us)? ?(?:an?|the)?(?: short| brief| quick| general)*(?: )?overview"
    rf"|(?:summari[sz]e|sum up|describe|outline|introduce|tell me about) {THEM}|sum {THEM} up"
)
