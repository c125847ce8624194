"""Words in quotation marks, found in a document."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa.answering.locating import Located, locate

TEXT = "He said: “We\n  will ﬁnd the oﬃce – soon.” Then he left."


def test_words_that_stand_there_are_exact() -> None:
    assert locate("Then he left.", TEXT) == Located(TEXT.index("Then"), len(TEXT) - 1, exact=True)


def test_white_space_ligatures_and_quotation_marks_may_differ_and_it_says_so() -> None:
    found = locate('"We will find the office - soon', TEXT)
    assert found
    assert not found.exact
    assert TEXT[found.start : found.end] == "We\n  will ﬁnd the oﬃce – soon"


def test_a_word_that_is_broken_at_the_end_of_a_line_is_whole_in_a_quote() -> None:
    text = "They spoke of a co-\n operation of well-\nknown banks."
    for quote in ("a cooperation of well-known banks", "a co-operation of wellknown banks"):
        found = locate(quote, text)
        assert found
        assert not found.exact
        assert text[found.start : found.end] == "a co-\n operation of well-\nknown banks"
    assert locate("a co operation", text) is None


def test_a_quote_may_leave_words_out_and_says_so() -> None:
    for quote in ("He said … Then he left", "He said [...] soon ... he left.", "...He said: (...) left..."):
        found = locate(quote, TEXT)
        assert found
        assert not found.exact
        assert TEXT[found.start : found.end] in TEXT[: len(TEXT) - 1]
        assert found.end == len(TEXT) - 1
    assert locate("Then he … He said", TEXT) is None  # not in this order
    assert locate("He said … nothing", TEXT) is None
    assert locate("He said … left", f"He said. {'It rained. ' * 100}She left.") is None


def test_other_words_are_not_found() -> None:
    assert locate("We will lose the office", TEXT) is None
    assert locate("...", TEXT) is None


@given(st.text(min_size=1, max_size=60), st.data())
def test_what_is_cut_out_of_a_text_is_found_in_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    found = locate(text[start:end], text)
    if found and found.exact:
        assert text[found.start : found.end] in text[start:end]
