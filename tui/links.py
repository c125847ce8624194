"""Web addresses in texts from outside, made alive."""

from __future__ import annotations

import re

from textual.content import Content
from textual.style import Style

_ADDRESS = re.compile(r"\b(?i:https?)://[!#-;=?-Z_a-z~]+")
"""Behind the slashes, printable ASCII without what no address holds (quotes, brackets, braces, backslashes ...)."""


def with_links(content: Content) -> Content:
    """The content, with its web addresses to be clicked. The app asks before it opens one."""
    for match in _ADDRESS.finditer(content.plain):
        address = _trimmed(match[0])
        if address.endswith("://"):
            continue
        # A tuple, never a string that is parsed: whatever the address holds is one argument and no action
        click = Style.from_meta({"@click": ("app.open_address", (address,))})
        end = match.start() + len(address)
        content = content.stylize(click, match.start(), end).stylize("underline", match.start(), end)
    return content


def _trimmed(address: str) -> str:
    """The address without the punctuation of the sentence that it stands in."""
    while address[-1] in ".,;:!?'*_" or (address[-1] == ")" and address.count(")") > address.count("(")):
        address = address[:-1]
    return address
