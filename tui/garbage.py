"""Python's search for garbage, kept away from the keys.

It looks through everything that there is, and again whenever there is a quarter more. While the engine is loaded, which
is half a million objects, that happens a dozen times, and nothing else goes on for up to 100 ms each time.
"""

from __future__ import annotations

import gc
from functools import cache

SELDOM = (10_000, 1_000_000, 1_000_000)
"""Thresholds while the engine is loaded: the 10,000 objects that are newest are looked through, which takes a
millisecond, and no older ones: after ten times that, it would be 40.
"""

USUAL = gc.get_threshold()
"""Python's own thresholds, which differ between its versions."""


def put_off() -> None:
    """Look through new objects only, until `take_up`."""
    gc.set_threshold(*SELDOM)


def take_up() -> None:
    """Look for garbage as usual, but not in what is there now. Does nothing where it was not put off."""
    if gc.get_threshold() == SELDOM:
        gc.freeze()
        gc.set_threshold(*USUAL)


@cache
def pass_over(model: str | None) -> None:  # noqa: ARG001 (a key alone)
    """Look no more for garbage in what is there now, once for each chat model: its packages are as many objects again.

    Called when its first words are there, so that an answer that streams in is not held up.
    """
    gc.freeze()
