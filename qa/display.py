"""Text of documents, file names, models and errors, made safe and legible before a person sees it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

_HIDDEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"  # controls, and bytes that are not text
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what changes the order in which text is shown
    "\xad\u180e\u200b-\u200d\u2028\u2029\u2060-\u206f\ufeff\ufff9-\ufffb"  # what is not drawn
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"  # letters and marks that draw nothing
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "]"
)
"""What a terminal obeys or draws nothing for. Format characters that are signs of their script are left out of it."""

_PICTURES = 0x2400
"""Where Unicode's pictures of the control characters begin."""

SNIPPET = 160
"""Characters of a text of which the beginning is shown."""


def visible(text: str, *, one_line: bool = False) -> str:
    """The text with every character shown that a terminal would obey or draw nothing for.

    Controls become their pictures (U+001B is shown as ␛), others escapes such as \\u202e, and a byte of a file name
    that is not text becomes \\xff. Newlines and tabs stay, unless one_line is set; "\\r\\n" is a newline.
    """
    text = _HIDDEN.sub(_shown, text.replace("\r\n", "\n"))
    return text.replace("\n", "␊").replace("\t", "␉") if one_line else text


def in_one_line(text: str) -> str:
    """The text made visible, with a space for every run of white space."""
    return " ".join(visible(text).split())


def snippet(text: str) -> str:
    """The beginning of a text, on one line that is safe to show, cut between words."""
    line = in_one_line(text)
    return line if len(line) <= SNIPPET else line[:SNIPPET].rsplit(" ", 1)[0] + " …"


def count(number: int, thing: str) -> str:
    """A number with its noun: "1 document", "2,000 documents"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def joined(names: Sequence[str], of: int = 0) -> str:
    """Names in a row: "a, b and c"; with the number of those that are left out where there are more, `of` in all."""
    shown = list(names)
    if of > len(names):
        shown.append(f"{of - len(names):,} more")
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def short_path(source: str) -> str:
    """A source as a person reads it: relative to the working directory when it lies below, on one visible line."""
    try:
        path = os.path.relpath(source)
    except (OSError, ValueError):  # the working directory is gone, or the path is on another drive
        path = source
    return visible(source if path.startswith(os.pardir) else path, one_line=True)


def _shown(match: re.Match[str]) -> str:
    character, code = match[0], ord(match[0])
    if _at_work(
        character, match.string[max(match.start() - 1, 0) : match.start()], match.string[match.end() : match.end() + 1]
    ):
        return character
    if code < 0x20:
        return chr(_PICTURES + code)
    if code == 0x7F:
        return "␡"
    if 0xDC80 <= code <= 0xDCFF:  # how Python carries a byte of a file name that is not text
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def percent(probability: float) -> str:
    """A probability in percent that never claims to be certain."""
    if probability >= 0.995:
        return "over 99%"
    return "under 1%" if probability < 0.005 else f"{probability:.0%}"


def _at_work(character: str, before: str, after: str) -> bool:
    """Whether an undrawn character changes how its neighbours are drawn, and so is no hiding place.

    A joiner does between two characters beyond ASCII (Persian, Indic scripts, emoji of several people), a variation
    selector after an ideograph.
    """
    if character in "\u200c\u200d":
        return all(neighbour > "\x7f" and not _HIDDEN.match(neighbour) for neighbour in (before, after))
    selector = "\U000e0100" <= character <= "\U000e01ef"
    return selector and ("\u3400" <= before <= "\u9fff" or "\U00020000" <= before <= "\U000323af")
