"""Alt and a digit, from terminals that know no newer keyboard protocol."""

from __future__ import annotations

from typing import cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS


def take_alt_digits() -> None:
    """Let Alt and a digit be that, wherever the chat runs.

    Textual 8 turns what most terminals send for them (Escape and the digit) into the signs that one terminal's macOS
    keyboard has there ("¡", "™", ...). Without that, its parser finds the Alt by itself.
    """
    sequences = cast("dict[str, object]", ANSI_SEQUENCES_KEYS)
    for digit in "123456789":
        sequences.pop(f"\x1b{digit}", None)
