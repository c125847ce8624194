"""What is said of an error: one line, with nothing in it that Python put there for want of something better."""

from __future__ import annotations

import pytest

from qa.errors import LibraryError
from tui.faults import said


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (LibraryError("the library is locked"), "the library is locked"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (FileNotFoundError(2, "No such file or directory", "/notes/a.md"), "No such file or directory: /notes/a.md"),
        (OSError(18, "Cross-device link", "a", None, "b"), "Cross-device link: a, b"),
        (OSError("odd"), "a fault in Quoth: OSError (QUOTH_DEBUG=1 shows more)"),
        (RuntimeError("a document's\n  lines"), "a fault in Quoth: RuntimeError (QUOTH_DEBUG=1 shows more)"),
        (AssertionError(), "a fault in Quoth: AssertionError (QUOTH_DEBUG=1 shows more)"),
    ],
)
def test_an_error_is_said_in_one_line(error: BaseException, words: str) -> None:
    assert said(error) == words
