"""Terminals without Unicode."""

from __future__ import annotations

import codecs
import locale
import os
import sys
import unicodedata
from functools import lru_cache

from rich.cells import split_graphemes
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

VARIABLE = "QUOTH_ASCII"
"""Set to anything, it asks for ASCII."""

_REPLACED = {
    "-": "─━╌╍┄┅┈┉╴╶╸╺═╼╾‐‑‒–—―−⎯▔",
    "|": "│┃╎╏┆┇┊┋╵╷╹╻║╽╿▏▎▍▌▋▊▉▐▕¦⏐",
    "+": "┌┍┎┏┐┑┒┓└┕┖┗┘┙┚┛├┝┞┟┠┡┢┣┤┥┦┧┨┩┪┫┬┭┮┯┰┱┲┳┴┵┶┷┸┹┺┻┼┽┾┿╀╁╂╃╄╅╆╇╈╉╊╋╒╓╔╕╖╗╘╙╚╛╜╝╞╟╠╡╢╣╤╥╦╧╨╩╪╫╬╭╮╯╰",
    "_": "▁▂▃",
    "#": "▄▅▆▇█▀▓▙▚▛▜▞▟▖▗▘▝■▪◼",
    " ": "░▒\xa0\u2002\u2003\u2009\u202f\u3000",
    "*": "•●◦○◉⬤∙·‣★☆✱",
    ">": "→▶▸►❯›»⏵➜⇒▷",
    "<": "⏎↵←◀◂◄❮‹«⏴⇐◁",
    "^": "↑▲▴△⏶⇑",
    "v": "↓▼▾▽⏷⇓✓✔",
    "x": "✗✘✕✖×",
    "'": "‘’‚‛′",
    '"': "“”„‟″",
    ".": "…",
    "/": "⁄∕",
}
_ASCII = {character: plain for plain, characters in _REPLACED.items() for character in characters}


def plain_terminal() -> bool:
    """Whether the terminal draws ASCII alone: by the variable, as a dumb one, or by an encoding that is not UTF-8."""
    if os.environ.get(VARIABLE) or os.environ.get("TERM") == "dumb":
        return True
    encoding = getattr(sys.__stderr__, "encoding", None) or locale.getpreferredencoding(False)
    try:
        return codecs.lookup(encoding).name != "utf-8"
    except LookupError:
        return True


class PlainCharacters(LineFilter):
    """Draws everything with ASCII characters, each in the cells that the original took."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with every character replaced that is not ASCII."""
        del background
        return [
            segment if segment.text.isascii() else Segment(_plain(segment.text), segment.style, segment.control)
            for segment in segments
        ]


@lru_cache(4096)
def _plain(text: str) -> str:
    spans, _ = split_graphemes(text)
    return "".join(_sized(text[start], cells) for start, _, cells in spans)


def _sized(character: str, cells: int) -> str:
    plain = character if character.isascii() else _ASCII.get(character) or _base(character)
    return (plain.ljust(cells) if plain else "??")[:cells]


def _base(character: str) -> str:
    """The ASCII character that this one is with accents, or in another width or style; empty for none."""
    base, *rest = list(unicodedata.normalize("NFKD", character))
    return base if base.isascii() and base.isprintable() and all(map(unicodedata.combining, rest)) else ""
