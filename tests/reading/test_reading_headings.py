"""Headings and rows of plain text are marked where they stand."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reading import headings
from qa.types import Document, mark_at
from tests.reading.conftest import Read


def lines(document: Document) -> list[tuple[str | None, str]]:
    """Each mark's heading, with the line that begins at its offset."""
    return [(mark.heading, document.text[mark.start :].splitlines()[0]) for mark in document.marks]


MARKDOWN = """---
title: "From the front"
# not a heading
---

# One #

Text with a # in it, and #hashtag.

Two words
=========

- a list item
  that goes on
---

```python
# a comment
```

~~~
## tilde
```
## still code
~~~

    # indented code

<!-- # commented
## out
-->

   ### Three *stars*
#### Four ####
A paragraph of
two lines
---
| table |
---

> quote
---

###### Six
####### Seven
#
Last
-
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_markdown_headings(read: Read, newline: str) -> None:
    document = read("a.md", MARKDOWN.replace("\n", newline).encode())
    assert document.title == "From the front"
    assert lines(document) == [
        ("One", "# One #"),
        ("Two words", "Two words"),
        ("Three *stars*", "   ### Three *stars*"),
        ("Four", "#### Four ####"),
        ("A paragraph of two lines", "A paragraph of"),
        ("Six", "###### Six"),
        ("Last", "Last"),
    ]


def test_the_title_of_markdown_is_its_first_heading_of_level_one(read: Read) -> None:
    assert read("a.md", b"## Before\n\n# The title\n\n# Another").title == "The title"
    assert read("b.markdown", b"Title\n=====\n").title == "Title"
    assert read("c.md", b"no heading").title is None
    assert read("d.md", b"---\n\n# After a rule\n").title == "After a rule"


def test_a_citation_finds_its_heading(read: Read) -> None:
    document = read("a.md", b"intro\n\n# A\n\nalpha\n\n# B\n\nbeta\n")
    assert [mark_at(document.marks, document.text.index(word)).heading for word in ("intro", "alpha", "beta")] == [
        None,
        "A",
        "B",
    ]


def test_long_headings_are_clipped_in_marks_alone(read: Read) -> None:
    document = read("a.md", b"# " + b"very long " * 100)
    assert document.marks[0].heading is not None
    assert len(document.marks[0].heading) <= 200
    assert len(document.text) > 900


RST = """==========
 The title
==========

Section
=======

A paragraph
that is no title
----------------

Sub
~~~

::

    Not a title
    -----------

=====  =====
col    col
=====  =====
a      b
=====  =====

Text.

----------

Ab
--

Short
----
End.
"""


def test_restructuredtext_headings(read: Read) -> None:
    document = read("a.rst", RST.encode())
    assert document.title == "The title"
    assert lines(document) == [
        ("The title", "=========="),
        ("Section", "Section"),
        ("Sub", "Sub"),
        ("Ab", "Ab"),
        ("Short", "Short"),
    ]


def test_rows_of_csv_are_marked_with_the_numbers_a_spreadsheet_shows(read: Read) -> None:
    document = read("a.csv", b'name,remark\r\nAnna,"two\r\nlines, ""quoted"""\r\n\r\nBen,x\r\n')
    assert [(mark.heading, document.text[mark.start : mark.start + 4]) for mark in document.marks] == [
        ("row 1", "name"),
        ("row 2", "Anna"),
        ("row 3", "\r\nBe"),
        ("row 4", "Ben,"),
    ]


def test_rows_of_tsv_and_of_csv_with_semicolons(read: Read) -> None:
    assert [mark.heading for mark in read("a.tsv", b'a\t"b\nc"\nd\te').marks] == ["row 1", "row 2"]
    assert [mark.heading for mark in read("a.csv", b'h;i\na;"b\nc"\nd;e').marks] == ["row 1", "row 2", "row 3"]


def test_millions_of_rows_and_headings_cost_bounded_memory(read: Read) -> None:
    table = read("a.csv", b"h,i\n" + b"1,2\n" * 500_000)
    assert len(table.marks) <= 200_000
    assert (table.marks[0].heading, table.marks[-1].heading) == ("rows 1 to 4", "row 500001")
    assert mark_at(table.marks, len("h,i\n") + 4 * 99_999).heading == "rows 100001 to 100004"
    document = read("a.md", b"# x\n" * 300_000 + b"text")
    assert len(document.marks) == 200_001
    assert mark_at(document.marks, 4).heading == "x"
    assert mark_at(document.marks, len(document.text) - 1).heading is None


def test_a_quote_that_never_closes_costs_one_row(read: Read) -> None:
    document = read("a.csv", b'a,b\n"open,1\nx,2\ny,3\n')
    assert lines(document) == [("row 1", "a,b"), ("row 2", '"open,1'), ("row 3", "x,2"), ("row 4", "y,3")]


_CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('",;\n'), max_size=8)


@given(rows=st.lists(st.lists(_CELLS, min_size=2, max_size=4), min_size=1), end=st.sampled_from(["\n", "\r\n"]))
def test_rows_are_those_that_were_written(rows: Sequence[Sequence[str]], end: str) -> None:
    file = io.StringIO(newline="")
    rows = [["h", "i"], *rows]
    csv.writer(file, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    text = file.getvalue()
    marks = headings.rows(text)
    starts = [*(mark.start for mark in marks), len(text)]
    written = [next(csv.reader(io.StringIO(text[a:b], newline=""))) for a, b in pairwise(starts)]
    assert written == rows


@given(st.text(st.sampled_from("ab#=-`~<!>|* \t\r\n")))
def test_offsets_of_markdown_point_at_lines(text: str) -> None:
    found, _ = headings.markdown(text)
    starts = {offset for offset, _ in headings.lines_of(text)}
    assert all(heading.start in starts and heading.text for heading in found)
    assert [heading.start for heading in found] == sorted({heading.start for heading in found})
    titled, _ = headings.restructuredtext(text)
    assert {heading.start for heading in titled} <= starts
    assert [heading.start for heading in titled] == sorted({heading.start for heading in titled})
