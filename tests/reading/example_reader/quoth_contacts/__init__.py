"""Contacts (vCard) for Quoth: each under its name as a heading."""

from __future__ import annotations

from qa.readers import Blocks, ReadError

LABELS = {"TEL": "Telephone", "EMAIL": "Mail", "ORG": "Works for", "NOTE": "Note"}


def read(data: bytes, blocks: Blocks) -> None:
    """Put every contact into the blocks."""
    cards = data.decode("utf-8", "replace").split("BEGIN:VCARD")[1:]
    if not cards:
        raise ReadError("it holds no contact: export it again")
    blocks.title = "Contacts"
    for card in cards:
        fields = [line.partition(":") for line in card.splitlines()]
        values = [(name.partition(";")[0], value) for name, _, value in fields]
        blocks.heading(next((value for name, value in values if name == "FN"), "No name"))
        blocks.break_lines()
        for name, value in values:
            if name in LABELS:
                blocks.line(f"{LABELS[name]}: {value}")
