"""Quoth's own themes; Textual's others can be chosen besides."""

from __future__ import annotations

from textual.theme import Theme

DARK, LIGHT = "quoth-dark", "quoth-light"

THEMES = (
    Theme(
        name=DARK,
        primary="#7fb4ca",
        secondary="#a3b18a",
        accent="#e6b450",
        warning="#e6a15c",
        error="#e07a7a",
        success="#98bb6c",
        foreground="#dcd7ca",
        background="#16181d",
        surface="#1c1f26",
        panel="#262a33",
        dark=True,
    ),
    Theme(
        name=LIGHT,
        primary="#1f5f7a",
        secondary="#4d6b3c",
        accent="#9a5b00",
        warning="#9a4f00",
        error="#a32222",
        success="#2f6b2f",
        foreground="#22252b",
        background="#fbfaf6",
        surface="#f3f1ea",
        panel="#e6e2d6",
        dark=False,
    ),
)
