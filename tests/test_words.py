"""Words: what is folded together, and what is kept apart."""

from __future__ import annotations

import threading
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.words import codes, content_words, spoken, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("documents", "document"),
        ("retrieving", "retrieved"),
        ("Policies", "POLICY"),
        ("the nation's", "the nation"),
        ("the nation’s", "the nation"),
        ("Élan café", "elan cafe"),
        ("ﬁnal ｆｕｌｌ", "final full"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("e\u0301lan", "\u00e9lan"),
        ("max_tokens", "max tokens"),
        ("مُحَمَّد", "محمد"),
        ("أحمد في المكتبة", "احمد فى المكتبه"),
        ("שָׁלוֹם", "שלום"),
    ],
)
def test_forms_of_a_word_are_one_word(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1999", "1998"), ("A4", "A5"), ("universe", "unison"), ("北京", "東京"), ("कल", "काल"), ("ไป", "ปา")],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert set(words(one)).isdisjoint(words(other))


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        *((form, "e1001") for form in ("E-1001", "E1001", "e 1001", "e.1001", "E/1001", "E\u20111001")),
        *((form, "px204b") for form in ("PX-204-B", "px204b", "PX 204-B")),
        ("v1.23", "v1_23"),
        ("iso\u00a09001", "iso9001"),
    ],
)
def test_a_code_is_one_word_however_it_is_written(written: str, spelled: str) -> None:
    assert spelled in words(f"see {written}.")
    assert spelled in content_words(f"What is {written}?")
    assert [code.spelled for code in codes(f"({written})")] == [spelled]


@pytest.mark.parametrize("text", ["in 2019", "the 12 apostles", "1990s", "3rd", "12-13", "top 5", "Xanadus-9", "E-"])
def test_what_only_looks_like_a_code_is_none(text: str) -> None:
    assert codes(text) == []


def test_a_code_is_found_by_its_number_and_its_beginning_as_well() -> None:
    assert {"1001", "e1001"} <= set(words("E1001"))
    assert {"px", "204", "px204"} <= set(words("PX-204-B"))


def test_a_question_with_a_code_does_not_ask_for_its_single_letters() -> None:
    assert content_words("What is E-1001?") == ["1001", "e1001"]


def test_words_keep_their_order_and_their_number() -> None:
    assert words("red, Green; red") == ["red", "green", "red"]


def test_a_word_inside_text_without_spaces_is_found() -> None:
    assert set(words("京都")) <= set(words("私は京都に行きました"))
    assert set(words("산책")) <= set(words("우리는 산책을했다"))
    assert set(words("佐々木")) <= set(words("駅前の佐々木さん"))
    assert set(words("บ้าน")) <= set(words("เขาอยู่ที่บ้านหลังนี้"))


def test_marks_on_letters_end_no_word() -> None:
    assert words("हिन्दी में") == ["हिन्दी", "में"]
    text = "हिन्दी e\u0301lan, x_1 தமிழ்"
    assert [match[0] for match in spoken(text)] == ["हिन्दी", "e\u0301lan", "x_1", "தமிழ்"]
    assert [match[0] for match in spoken(text, 7, 12)] == ["e\u0301lan"]


def test_a_stretch_of_one_character_is_a_word() -> None:
    assert words("第2回") == ["第", "2", "回"]


def test_a_question_is_about_its_content_words() -> None:
    assert content_words("How many times did the two leaders meet?") == words("times two leaders meet")


def test_a_question_of_stop_words_keeps_them() -> None:
    assert content_words("Who are they?") == words("who are they")
    assert content_words("?!") == []


@given(st.text(max_size=60))
@example("ที่ हिन्दी")
def test_words_consist_of_letters_with_marks_digits_and_the_joint_of_a_codes_numbers(text: str) -> None:
    def belongs(character: str) -> bool:
        return character.isalnum() or unicodedata.category(character).startswith("M")

    assert all(word and all(map(belongs, word.replace("_", ""))) for word in words(text))


@given(st.text(alphabet=st.characters(categories=["L", "N"]), max_size=20), st.text(max_size=20))
@example("1001", "e")
@example("e", "1001-")
@example("e1001", "x 12")
def test_words_of_a_part_set_off_by_spaces_are_words_of_the_whole(part: str, rest: str) -> None:
    assert set(words(part)) <= set(words(f"{rest} {part} {rest}"))


def test_threads_get_the_words_that_one_thread_gets() -> None:
    texts = [
        f"{stem}{number}ing running{number}s relational{stem}" for number in range(200) for stem in ("walk", "talk")
    ]
    expected = [words(text.replace("ing", "ings")) for text in texts]
    found: dict[int, list[list[str]]] = {}

    def work(name: int) -> None:
        found[name] = [words(text.replace("ing", "ings")) for text in texts]

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(result == expected for result in found.values())
    assert len(found) == 8
