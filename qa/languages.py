"""Whether a document or a question is in a language that the default embedding model does not read."""

from __future__ import annotations

import re

from qa.types import Document
from qa.words import STOPWORDS

PROSE = frozenset({"txt", "md", "rst", "html", "pdf", "docx", "pptx", "epub", "eml"})
"""Kinds of document that are written in sentences."""

_WORD = re.compile(r"[^\W\d_]+")
_LOOKED_AT = 20_000
_FEWEST = 80

ENGLISH_SHARE = 0.12
"""Least share of function words in English prose. Measured: English articles have 0.30 to 0.55 of them; German,
French, Spanish and Italian under 0.08, scripts other than Latin none."""

READS_ENGLISH = (
    "The default embedding model reads English: ask in English, or set embedding.model to one that reads this language."
)
"""What is said of a question in another language that is not answered."""

_FUNCTION_WORDS = """
    der die das dem den des ein eine einen einem einer wer wie was wo wann warum wieso welche welcher welches ist sind
    war waren hat haben hatte und oder nicht mit von für bei im zum zur auf aus wird wurde werden kann ich wir ihr sie
    es gibt le la les du des une un qui que quel quelle quels quelles où quand pourquoi comment combien est sont était
    ont été et
    avec pour dans sur par cette il elle nous vous
    el los las una quién quien qué cuál cuándo cuando dónde donde cómo como cuánto por para con del al es son fue está y
    il lo gli uno chi che cosa quale quando dove perché come quanto è sono nel nella della delle di
    het een wie wat waar wanneer waarom hoe welke zijn niet voor van met op
    o os as uma quem qual quais onde quando porque quanto foi está são não em com dos das
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
"""Of German, French, Spanish, Italian, Dutch and Portuguese; some are English words too, which do not tell alone."""


def asks_in_another(question: str) -> bool:
    """Whether a question is not in English, as far as its small words or its script show; a doubtful one is."""
    letters = [character for character in question if character.isalpha()]
    if sum(ord(character) > 0x24F for character in letters) > len(letters) / 2:
        return True
    first, *others = _WORD.findall(question) or [""]
    words = {first.lower(), *(word for word in others if word.islower())}  # a capital in the middle begins a name
    foreign, english = words & FUNCTION_WORDS, words & STOPWORDS
    return len(foreign) >= 2 and len(foreign - english) > len(english)


def looks_foreign(document: Document) -> bool:
    """Whether a piece of prose long enough to tell is not English; tables and code are never said to be foreign."""
    if document.kind not in PROSE:
        return False
    words = _WORD.findall(document.text[:_LOOKED_AT].lower())
    if len(words) < _FEWEST:
        letters = sum(character.isalpha() for character in document.text[:_LOOKED_AT])
        foreign = sum(character.isalpha() and ord(character) > 0x24F for character in document.text[:_LOOKED_AT])
        return letters > _FEWEST and foreign > letters / 2
    return sum(word in STOPWORDS for word in words) < ENGLISH_SHARE * len(words)
