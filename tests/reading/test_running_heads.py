"""Running heads and page numbers of PDFs, which stand between the halves of sentences."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from reportlab.pdfgen import canvas

from qa.reading.pdf import read_pdf

TOP, BOTTOM, FIRST, STEP = 800, 40, 740, 14


def pdf(pages: Sequence[Sequence[str]], heads: Sequence[str], feet: Sequence[str]) -> bytes:
    """Pages of lines, each with a line above and one below that stand apart."""
    file = io.BytesIO()
    paper = canvas.Canvas(file, invariant=True)
    for lines, head, foot in zip(pages, heads, feet, strict=True):
        paper.drawString(60, TOP, head)
        for number, line in enumerate(lines):
            paper.drawString(60, FIRST - STEP * number, line)
        paper.drawString(300, BOTTOM, foot)
        paper.showPage()
    paper.save()
    return file.getvalue()


PAGES = [
    ["The commission met in the spring.", "Nobody came to the first evening.", "It took until the third before the"],
    ["members agreed to dredge the northern channel,", "which had silted up,", "for which the town lent them a"],
    ["steam shovel and eleven men.", "They were paid by the day.", "The work was done in the autumn of"],
    ["1931, a month late.", "It had rained.", "Nobody complained about that."],
]
TEXT = " ".join(line for page in PAGES for line in page)


def read(pages: Sequence[Sequence[str]], heads: Sequence[str], feet: Sequence[str]) -> str:
    return " ".join(read_pdf(pdf(pages, heads, feet), 100_000).text.split())


@pytest.mark.parametrize(
    ("heads", "feet", "left"),
    [
        (["Harbour Gazette"] * 4, ["1", "2", "3", "4"], "Harbour Gazette "),
        (["Harbour Gazette"] * 4, ["217", "218", "219", "220"], "Harbour Gazette "),
        (["The northern channel"] * 4, ["- 3 -", "- 4 -", "- 5 -", "- 6 -"], ""),
        (
            ["The autumn of 1931 5", "The autumn of 1931 6", "The autumn of 1931 7", "The autumn of 1931 8"],
            [""] * 4,
            "",
        ),
    ],
)
def test_a_sentence_runs_on_over_the_page(heads: list[str], feet: list[str], left: str) -> None:
    assert read(PAGES, heads, feet) == left + TEXT


@pytest.mark.parametrize(
    ("heads", "feet"),
    [
        (["Invoice 1001", "Invoice 1002", "Invoice 1003", "Invoice 1004"], [""] * 4),  # each is another one
        (["Spring", "Summer", "Autumn", "Winter"], [""] * 4),
        (["Gazette", "Gazette", "Notes", "Notes"], [""] * 4),  # two pages may have the same by chance
        ([""] * 4, ["40 tons", "60 tons", "40 tons", "50 tons"]),
    ],
)
def test_what_differs_from_page_to_page_stays(heads: list[str], feet: list[str]) -> None:
    text = read(PAGES, heads, feet)
    for page, head, foot in zip(PAGES, heads, feet, strict=True):
        assert f"{head} {' '.join(page)} {foot}".strip() in text


def test_the_names_of_columns_stay_on_each_page_with_their_rows() -> None:
    """They do not stand apart from the lines below."""
    pages = [
        ["Ship Tons", f"Ada {number}", f"Berta {number + 1}", f"Clara {number + 2}"] for number in (10, 20, 30, 40)
    ]
    assert read(pages, [""] * 4, [""] * 4).count("Ship Tons") == 4
