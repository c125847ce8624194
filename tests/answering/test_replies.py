"""A chat model's reply, taken apart."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answering.replies import plain, sentences, spoken


@pytest.mark.parametrize(
    ("reply", "cited"),
    [
        ("They met in Singapore [1].", [(1,)]),
        ("They met in Singapore. [1]", [(1,)]),
        ("They met. [1] They met again [2][3].", [(1,), (2, 3)]),
        ("They met [1, 3]. They met again [1-3].", [(1, 3), (1, 2, 3)]),
        ("They met [passage 2]. They met (passage 1). They met【3】.", [(2,), (1,), (3,)]),
        ("They met [7]. They met [0].", [(), ()]),
        ("They met [Passage 1, Passage 3]. They met [source: 2].", [(1, 3), (2,)]),
        ("They met [1, page 3]. They met [2: notes.md]. They met (source 3).", [(1,), (2,), (3,)]),
        ("They met [1], [2]. They met **[3]**. They met ([1], [2]).", [(1, 2), (3,), (1, 2)]),
        ("They met [[1]]. They met (see [2]). They met \\[3\\].", [(1,), (2,), (3,)]),
        ("They met [1] and [2]. They met 【3†source】.", [(1, 2), (3,)]),
        ("They met［1］. They met [２].", [(1,), (2,)]),
        ("They met.¹ They met again.²", [(1,), (2,)]),
        ("[1] They met. [2] They left.", [(1,), (2,)]),
        ("[1]: They met.\n[3]: They left.", [(1,), (3,)]),
        ("According to passage 2, they met. They left [1].", [(2,), (1,)]),
        ("- They met. [1]\n- They met again. [2]\n\nSources: [1], [2]", [(1,), (2, 1)]),
    ],
)
def test_marks_belong_to_the_sentence_before_them(reply: str, cited: list[tuple[int, ...]]) -> None:
    found = sentences(reply, 3)
    assert [one.cited for one in found] == cited
    assert not any(sign in one.text for one in found for sign in "[]【】()*¹²\\")
    assert not any(re.search(r"[,\s][.,]|\d", one.text) for one in found)


@pytest.mark.parametrize(
    ("reply", "text", "claim"),
    [
        ("According to Passage 2, they met.", "According to the document, they met.", "They met."),
        ("Passage 1 says that they met.", "The document says that they met.", "They met."),
        ("As stated in [1] and [2], they met.", "As stated in the documents, they met.", "They met."),
        ("[1] mentions Hanoi.", "The document mentions Hanoi.", "The document mentions Hanoi."),
        ("Based on the provided passages, they met [1].", "Based on the provided passages, they met.", "They met."),
        ("In passage 77 of the novel they met.", "In passage 77 of the novel they met.", None),
        ("From the context, they met.", "From the context, they met.", "They met."),
    ],
)
def test_a_passage_that_is_spoken_of_has_no_number_and_is_no_claim(reply: str, text: str, claim: str | None) -> None:
    (one,) = sentences(reply, 3)
    assert (one.text, one.claim) == (text, claim or text)


def test_what_stands_in_code_is_no_mark() -> None:
    code = "```python\nif ready:\n    first = found[1]\n```"
    found = sentences(f"Write `row[2]` [1]:\n\n{code}", 3)
    assert "".join(one.lead + one.text for one in found) == f"Write `row[2]`:\n\n{code}"
    assert [number for one in found for number in one.cited] == [1]


@pytest.mark.parametrize(
    "around",
    [
        "Sure! {}", "Great question! {}", "{}\n\nLet me know if you need anything else!", "**Answer:** {}",
        "Sure! Here is the answer: {}", "{} I hope this helps!", "{}\n\nSources:\n[1] a.md\n[2] b.md",
        "{}\n\n**Sources:**\n- [1] a.md", "## Answer\n\n{}", "{}\n\n### References\n\n[^1]: a.md, page 3\n[^2]: b.md",
    ],
)  # fmt: skip
def test_what_is_only_polite_or_a_list_of_sources_is_no_statement(around: str) -> None:
    assert [one.text for one in sentences(around.format("They met twice [1]."), 2)] == ["They met twice."]


def test_what_only_looks_polite_or_like_a_list_of_sources_stays() -> None:
    kept = ["Let me know if you come, he wrote.", "She came.", "Sources of income:", "rent", "He said sure!"]
    reply = f"{kept[0]} {kept[1]}\n\n{kept[2]}\n\n1. {kept[3]}\n\n{kept[4]}"
    assert [one.text for one in sentences(reply, 1)] == kept
    assert [one.text for one in sentences("Certainly.", 1)] == ["Certainly."]
    assert [one.text for one in sentences("References:\n[1] Smith, 1989\n[2] Jones, 1990", 2)]


def test_an_abbreviation_ends_no_sentence() -> None:
    (one,) = sentences("The U.S. has fifty states [1].", 1)
    assert one.text == "The U.S. has fifty states."


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        ("See [this page](http://evil.example/x?q=1).", "See this page (http://evil.example/x?q=1)."),
        ("![chart](https://evil.example/c.png) is here", "chart (https://evil.example/c.png) is here"),
        ("[1](http://evil.example)", "(http://evil.example)"),
        (
            "See [x](http://evil.example/(a)b) and [y](javascript:go(1)).",
            "See x (http://evil.example/(a)b) and y (javascript:go(1)).",
        ),
        ("![a [b] c](http://evil.example)", "a [b] c (http://evil.example)"),
        (
            "[![i](http://evil.example/i.png)](http://evil.example)",
            "i (http://evil.example/i.png) (http://evil.example)",
        ),
        ("See [x](<http://evil.example/a b>).", "See x (http://evil.example/a b)."),
        ("See [x](a b c).", "See [x] (a b c)."),
        ("Look [here][ref].\n\n[ref]: http://evil.example", "Look here.\n\nref http://evil.example"),
        ("![x][1]\n\n[1]: http://evil.example/leak?d=secret", "x\n\n http://evil.example/leak?d=secret"),
    ],
)
def test_links_and_images_become_text(reply: str, shown: str) -> None:
    assert plain(reply) == shown
    assert all("](" not in one.text for one in sentences(reply, 3))


@pytest.mark.parametrize(
    "reply",
    [
        "![x][1](http://evil.example)", "![x]【1】(http://evil.example)", "![x]**[1]**(http://evil.example)",
        "[y【1】]: http://evil.example\n\n![x][y]", "[x]([1]http://evil.example)", "![a. B.](http://evil.example/ x y)",
        "<img src=http://evil.example/x.png>", "<im【1】g src=http://evil.example>", "<A HREF='http://evil.example'>x</A>",
        "![x［1］](http://evil.example)", "![[1]x](http://evil.example)", "![x]\ue0001\ue001(http://evil.example)",
    ],
)  # fmt: skip
def test_no_link_or_image_is_made_by_taking_marks_away(reply: str) -> None:
    text = "".join(one.lead + one.text for one in sentences(reply, 3))
    assert not re.search(r"\]\(|^ {0,3}\[[^\]]*\]:|<(?:img|a)\b", text, re.MULTILINE | re.IGNORECASE), text
    assert "evil.example" in text


def test_a_sentence_that_was_said_before_is_left_out() -> None:
    found = sentences("They met twice [1].\n\n> They left [2].\n\n> They met twice [2].\n\n- They met twice. Why?", 2)
    assert [(one.text, one.cited) for one in found] == [("They met twice.", (1, 2)), ("They left.", (2,)), ("Why?", ())]
    assert "".join(one.lead + one.text for one in found) == "They met twice.\n\n> They left.\n\nWhy?"


def test_what_is_thought_aloud_is_left_out() -> None:
    assert spoken("<think>They may have met [1].</think>They met.") == "They met."
    assert spoken("<think>without an end") == ""
    assert spoken("Their meeting, hmm.\n</think>They met.") == "They met."  # it began in the prompt


@pytest.mark.parametrize(
    "reply",
    [
        "NOT IN THE DOCUMENTS",
        "Not in the documents.",
        "The passages do not mention his age.",
        "The provided text doesn't say who designed it.",
        "I'm sorry, but I can't find that in the text.",
        "There is no information about the price in the passages.",
        "His age is not given.",
        "I don't know.",
        "The documents are silent on this.",
        "I am unable to determine that from the context.",
        "That is not specified in the documents you provided.",
        "Based on the passages, it is unclear from the text when he was born.",
        "Nothing in the documents answers this.",
        "I can't help with that.",
        "Unknown.",
        "N/A",
        "This is beyond the scope of the provided passages.",
    ],
)
def test_a_refusal_is_known_in_many_words(reply: str) -> None:
    assert [one.refuses for one in sentences(reply, 3)] == [True]


@pytest.mark.parametrize(
    "reply",
    [
        "They met in Singapore on 12 June 2018.",
        "Trump did not sign the treaty.",
        "He could not attend.",
        "No, they left.",
        "The unknown soldier lies there.",
    ],
)
def test_a_denial_of_a_fact_is_no_refusal(reply: str) -> None:
    assert [one.refuses for one in sentences(reply, 3)] == [False]


@given(st.text(alphabet=st.sampled_from('ab. []()1!\n“”"-*#【】:/<>'), max_size=200))
def test_whatever_a_model_writes_has_no_marks_of_its_own_left(reply: str) -> None:
    for one in sentences(reply, 2):
        assert set(one.cited) <= {1, 2}
        assert "[1]" not in one.text
        assert "[2]" not in one.text
