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
        variables={
            "border-blurred": "#4a5160",
            "scrollbar": "#4a5160",
            "scrollbar-hover": "#6b7488",
            "scrollbar-background": "#1c1f26",
            "text-disabled": "#949aa6",
        },
    ),
    Theme(
        name=LIGHT,
        primary="#1f5f7a",
        secondary="#4d6b3c",
        accent="#8a5000",
        warning="#8f4900",
        error="#a32222",
        success="#2f6b2f",
        foreground="#22252b",
        background="#fbfaf6",
        surface="#f3f1ea",
        panel="#e6e2d6",
        dark=False,
        variables={
            "border-blurred": "#bdb6a3",
            "scrollbar": "#bdb6a3",
            "scrollbar-hover": "#8f8874",
            "scrollbar-background": "#efece3",
            "text-disabled": "#625f55",
        },
    ),
)
