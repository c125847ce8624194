"""For packages that teach Quoth another kind of file: what a reader is given, and what it may raise.

A package declares each suffix that it reads as an entry point of the group `quoth.readers`, and names a `Read`:

    [project.entry-points."quoth.readers"]
    vcf = "quoth_contacts:read"

See docs/readers.md.
"""

from __future__ import annotations

from collections.abc import Callable

from qa.errors import ReadError
from qa.reading.blocks import Blocks

__all__ = ["Blocks", "Read", "ReadError"]

Read = Callable[[bytes, Blocks], None]
"""Puts the text of a file, of which it gets the bytes, into the blocks, from the top of the document to its end.

It runs in a child process that is held to the limits of the settings (reading.memory, reading.seconds,
reading.max_characters), and reads one file after another there. Raises ReadError with a reason that follows "FILE: ",
such as "it is protected by a password: save it without one"; anything else that it raises is told as a fault.
"""
