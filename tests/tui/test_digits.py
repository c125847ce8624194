"""What terminals send for Alt and a digit."""

from __future__ import annotations

from textual import events
from textual._xterm_parser import XTermParser

from tui.digits import take_alt_digits


def _keys(sent: str) -> list[str]:
    parser = XTermParser()
    return [event.key for part in (sent, "") for event in parser.feed(part) if isinstance(event, events.Key)]


def test_escape_and_a_digit_is_alt_and_the_digit_and_the_signs_stay_signs() -> None:
    take_alt_digits()
    assert _keys("\x1b1") == ["alt+1"]
    assert _keys("\x1b9") == ["alt+9"]
    assert _keys("£§") == ["pound_sign", "section_sign"]
