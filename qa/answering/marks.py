"""The marks in a model's reply, in whatever form it writes them -> the text without them, and what each one names.

Models were taught many forms: [1], [1, 3], 【1†source】, (passage 1), [Source: 1, page 3], "according to passage 1".
"""

from __future__ import annotations

import re
import unicodedata

_NUMBERS = r"\d{1,4}(?:\s*(?:[,;–-]|and|&)\s*(?:(?:passages?|sources?)\s*)?#?\d{1,4})*"
_KIND = r"(?:(?:passages?|sources?|documents?|refs?\.?|see|cf\.)\s*:?\s*)?"
_PLACE = r"(?:\s*[,;:]\s*(?:(?:pp?\.?|pages?|lines?)\s*\d[\d–-]*|[^\[\],;\s]+\.[a-z]\w{0,4}))*"
_ONE = re.compile(
    rf"\\?\[\^?\s*{_KIND}#?({_NUMBERS}){_PLACE}\s*\\?\]|【\s*({_NUMBERS})[^【】]*】"
    rf"|\((?:see )?(?:passages?|sources?)\s+({_NUMBERS})\)|(?<=[.!?,;:”\"’)])([¹²³⁰⁴-⁹]+)",
    re.IGNORECASE,
)
"""A mark with its numbers; superscripts only behind a sign, elsewhere they may be of a unit."""

_OPEN, _SHUT = "\ue000", "\ue001"
_ANY = f"{_OPEN}[0-9,]*{_SHUT}"
"""A mark, once it is known for one."""

_SAYS = r"(?:says?|states?|mentions?|notes?|explains?|reports?|indicates?|tells?|shows?|describes?)"
_ROW = re.compile(
    rf"{_ANY}(?:[ \t]*[,;]?[ \t]*{_ANY})+|{_ANY},? and {_ANY}(?=[*_\"”)]*(?:[,;.!?]|$)| {_SAYS})", re.MULTILINE
)
_WRAPPED = re.compile(
    rf"\((?:(?:see|cf\.?|passages?|sources?) )?({_ANY})\)|\*\*({_ANY})\*\*|<sup>({_ANY})</sup>"
    rf"|\[({_ANY})\]|【({_ANY})】",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"(?P<before>\b(?:according to|(?:stated|said|described|mentioned|noted|shown|reported|given) (?:in|by)) )({_ANY})"
    rf"|\b(?:the )?passages? (?:no\. ?|number |#)?(?:({_ANY})|(?P<digits>{_NUMBERS})\b)"
    rf"|({_ANY})(?= (?:also )?{_SAYS}\b)",
    re.IGNORECASE,
)
"""A passage that the sentence speaks of; without its number something must stand in its place."""

_BEGINS = re.compile(r"(?:^|[.!?:*#>-]\s+)\Z", re.MULTILINE)
_LEADING = re.compile(rf"({_ANY})[:\s]*([^{_OPEN}]*?)(\s*)(?={_OPEN}|\Z)")
_LAST = re.compile(rf"[ \t]*({_ANY})")
_CODE = re.compile(r"^```.*?(?:^```|\Z)|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_RANGE = re.compile(r"(\d+)\s*[–-]\s*(\d+)")

Marks = list[tuple[int, list[int]]]
"""Where each mark stood in the text without marks, and its numbers."""


def without_marks(text: str, passages: int) -> tuple[str, Marks]:
    """The text without its marks. passages: how many there are; other numbers are dropped.

    What stands in code is no mark. A passage that a sentence speaks of by its number becomes "the document": a reader
    knows no such numbers. Where marks stand before their sentences, they count as if they stood behind.
    """
    text = text.translate({ord(_OPEN): None, ord(_SHUT): None, ord("［"): "[", ord("］"): "]"})
    parts: list[str] = []
    reached = 0
    for code in _CODE.finditer(text):
        parts += [_in_one_form(text[reached : code.start()], passages), code[0]]
        reached = code.end()
    text = "".join([*parts, _in_one_form(text[reached:], passages)])
    if re.match(rf"\W*?{_ANY}", text) and not re.search(rf"{_ANY}[^\w{_OPEN}]*\Z", text):
        text = _LEADING.sub(r"\2\1\3", text)
    marks: Marks = []
    parts, reached, length = [], 0, 0
    for match in _LAST.finditer(text):
        part = text[reached : match.start()]
        parts.append(part)
        length += len(part)
        reached = match.end()
        if part.endswith("]") and text[reached : reached + 1] in ("(", "[", ":"):  # without the mark it would be a link
            parts.append(" ")
            length += 1
        marks.append((length, [int(number) for number in re.findall(r"\d+", match[1])]))
    return "".join([*parts, text[reached:]]), marks


def _in_one_form(text: str, passages: int) -> str:
    """The text with every mark in one form, those in a row as one, with nothing around them."""

    def found(match: re.Match[str]) -> str:
        written = next(filter(None, match.groups()))
        if match[4]:
            return _mark([str(unicodedata.digit(sign)) for sign in written], passages)
        return _mark(_numbers(written), passages)

    def inner(match: re.Match[str]) -> str:
        return str(next(filter(None, match.groups())))

    text = _WRAPPED.sub(inner, _ONE.sub(found, text))
    text = _WRAPPED.sub(inner, _ROW.sub(lambda match: _mark(_numbers(match[0]), passages), text))
    return _NAMED.sub(lambda match: _spoken_of(match, passages), text)


def _spoken_of(match: re.Match[str], passages: int) -> str:
    """What is said instead of a passage's number, and the mark."""
    before = match["before"] or ""
    mark = _mark(_numbers(match[0]), passages)
    if match["digits"] and mark == _mark([], passages):  # a passage of somebody else's
        return match[0]
    words = "the documents" if "," in mark else "the document"
    begins = not before and _BEGINS.search(match.string[: match.start()])
    return f"{before}{words.capitalize() if begins else words}{mark}"


def _numbers(written: str) -> list[str]:
    return re.findall(r"\d+", _RANGE.sub(_counted, written))


def _mark(numbers: list[str], passages: int) -> str:
    known = dict.fromkeys(int(number) for number in numbers if 1 <= int(number) <= passages)
    return f"{_OPEN}{','.join(map(str, known))}{_SHUT}"


def _counted(match: re.Match[str]) -> str:
    first, last = int(match[1]), int(match[2])
    return " ".join(map(str, range(first, last + 1))) if first <= last <= first + 20 else match[0]
