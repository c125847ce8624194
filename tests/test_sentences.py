"""Sentences: where they end, where they do not, and that their spans tile any text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.sentences import blocks, sentence_spans, trimmed


def sentences(text: str, kind: str = "txt") -> list[str]:
    return [text[start:end].strip() for start, end in sentence_spans(text, kind)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Since 1990 the U.S. has continued to grow.",
        "J. R. R. Tolkien wrote it.",
        "See e.g. the second chapter.",
        "Dr. Smith met Mr. Jones at 5 p.m. on Monday.",
        "It cost $3.50, which is 2.5 times more.",
        "The answer is in vol. 2, no. 5.",
        "Born on Jan. 5, 1900 in St. Louis.",
        "Use foo.bar() of v1.2.3 from www.example.com now.",
        '"Why?" she asked.',
        "Die Fähre fuhr am 12. Juni nach Hamburg.",
        "Im 19. Jahrhundert war das anders.",
    ],
)
def test_a_full_stop_inside_a_sentence_does_not_end_it(sentence: str) -> None:
    assert sentences(f"It rained. {sentence} They went home.") == ["It rained.", sentence, "They went home."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Is it? Yes! It is.", ["Is it?", "Yes!", "It is."]),
        ("One.[1] Two.[2][3] Three.", ["One.[1]", "Two.[2][3]", "Three."]),
        ("A line that\nwraps. Another\none.", ["A line that\nwraps.", "Another\none."]),
        ("- milk\n- two eggs. Fresh ones.\n- flour", ["- milk", "- two eggs.", "Fresh ones.", "- flour"]),
        ("1. Open it.\n2. Pour.\n10. Close it.", ["1. Open it.", "2. Pour.", "10. Close it."]),
        ("# Birds\nThey fly. They sing.", ["# Birds", "They fly.", "They sing."]),
        ("First paragraph\n\nSecond one", ["First paragraph", "Second one"]),
        ("| 1. a | b |\n| 2. c | d |\n\nAfter.", ["| 1. a | b |", "| 2. c | d |", "After."]),
        ("私は東京に行った。楽しかった！また行く？", ["私は東京に行った。", "楽しかった！", "また行く？"]),
        ("他们去年在河内举行会议。谈了什么？很多！", ["他们去年在河内举行会议。", "谈了什么？", "很多！"]),
        ("هل وصلت السفينة؟ نعم. انتهى", ["هل وصلت السفينة؟", "نعم.", "انتهى"]),
        ("नया पुल बंद है। क्यों? ठीक॥ समाप्त", ["नया पुल बंद है।", "क्यों?", "ठीक॥", "समाप्त"]),
        (
            "สะพานใหม่เปิดใช้งานเมื่อเดือนมกราคม ร้านขนมปังอยู่หน้าสถานี และห้องสมุดปิด",
            ["สะพานใหม่เปิดใช้งานเมื่อเดือนมกราคม", "ร้านขนมปังอยู่หน้าสถานี และห้องสมุดปิด"],
        ),
        ("ទីមួយ។ ទីពីរ។", ["ទីមួយ។", "ទីពីរ។"]),
        ("I am 12. He is 13.", ["I am 12.", "He is 13."]),
        ("***\nText.\n---\n", ["***\nText.\n---"]),
        ("page one\fpage two", ["page one", "page two"]),
    ],
)
def test_sentences_items_rows_and_headings(text: str, expected: list[str]) -> None:
    assert sentences(text, "md") == expected


def test_lines_of_tables_and_logs_are_never_joined() -> None:
    assert sentences("id,name\n1,Ann\n2,Bob", "csv") == ["id,name", "1,Ann", "2,Bob"]
    assert sentences("id,name\n1,Ann", "txt") == ["id,name\n1,Ann"]


def test_a_long_paragraph_has_the_sentences_of_its_parts() -> None:
    parts = [f"Sentence number {number} of the U.S. report is here." for number in range(1000)]
    assert sentences(" ".join(parts)) == parts


def test_white_space_goes_from_the_ends_of_a_span() -> None:
    assert trimmed("ab  cd \n", 2, 8) == (4, 6)


PIECES = st.sampled_from(
    [
        "\n",
        " ",
        "\t",
        ". ",
        "# ",
        "| ",
        "- ",
        "1. ",
        "a",
        "Mr. ",
        "。",
        "\u2028",
        "\f",
        "é",
        "👍🏽",
        "U.S. ",
        '"',
        "\r\n",
    ]
)


@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=80).map("".join)), st.sampled_from(["md", "csv"]))
def test_spans_tile_any_text(text: str, kind: str) -> None:
    for spans in (sentence_spans(text, kind), blocks(text, kind)):
        assert "".join(text[start:end] for start, end in spans) == text
        assert all(start < end for start, end in spans)


@pytest.mark.parametrize("unit", ["# \n", "私は行った。", "\n", "A. ", "a", ". ", "|a|\n", "word "])
def test_time_grows_with_the_length_and_not_with_its_square(unit: str) -> None:
    text = unit * (300_000 // len(unit))
    began = time.perf_counter()
    sentence_spans(text)
    assert time.perf_counter() - began < 10  # 0.1 to 1 s; a square took minutes
