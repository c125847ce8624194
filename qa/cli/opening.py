"""The library and the paths that a command names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from qa.errors import LibraryNotFound
from qa.logs import log

if TYPE_CHECKING:
    from qa.library import Library

FIRST_STEP = "run: quoth add FOLDER, or try the sample documents: quoth chat {corpus}"


def open_library(name: str | None, *, create: bool = False) -> Library:
    """The library of this name or path; None is the one of the settings.

    Raises LibraryNotFound, with what to run first where nothing has been indexed at all.
    """
    from qa.library import Library

    try:
        opened = Library(name, create=create)
        log.info("library %s", opened.name)
        return opened
    except LibraryNotFound:
        if name is None and not os.environ.get("QUOTH_LIBRARY"):
            raise LibraryNotFound(f"nothing is indexed yet; {first_step()}") from None
        raise


def first_step() -> str:
    """What a person runs who has not indexed anything."""
    from qa.display import short_path
    from qa.places import sample_corpus

    return FIRST_STEP.format(corpus=short_path(str(sample_corpus())))


def given_where(where: str | None) -> str | None:
    """A filter as typed: a file that exists is that source, anything else is a pattern."""
    from qa.places import absolute

    return str(absolute(where)) if where and os.path.isfile(where) else where  # noqa: PTH113
