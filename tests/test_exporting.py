"""A conversation as Markdown and as JSON: whatever the documents say, it stays what it is."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from qa import Answer, Citation, Conversation, Passage, Turn
from qa.display import percent, visible
from qa.exporting import to_json, to_markdown

TALK = Conversation(7, "The lighthouse", 1_700_000_000.0, 1_700_000_100.0, (), 1)


def citation(number: int, quote: str, source: str = "/docs/a.md", page: int | None = None) -> Citation:
    return Citation(number, quote, source, page, "History", 3, 10, 10 + len(quote), "0" * 64, True)


def turn(question: str = "When?", answer: Answer | None = None, **more: object) -> Turn:
    status = answer.status if answer else "asked"
    return replace(Turn(1, 7, question, 1_700_000_000.0, status, (), answer, None), **more)  # type: ignore[arg-type]


def answer(text: str, *citations: Citation) -> Answer:
    return Answer("q", "q", text, "answered", 0.9, citations)


def parsed(markdown: str) -> list[Token]:
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(footnote_plugin)
    return reader.parse(markdown)


def plain(tokens: list[Token]) -> str:
    """What a reader sees."""
    seen = {"softbreak": "\n", "hardbreak": "\n"}
    return "".join(
        seen.get(child.type, child.content)
        for token in tokens
        if token.type == "inline"
        for child in token.children or []
    )


def shape(tokens: list[Token]) -> list[str]:
    """The blocks, and what stands in lines, but for text and breaks."""
    inner = ("text", "softbreak", "hardbreak", "text_special")
    return [
        kind
        for token in tokens
        for kind in [token.type, *(child.type for child in token.children or [] if child.type not in inner)]
    ]


def test_a_conversation_reads_as_it_was() -> None:
    first = answer(
        "It was built in 1871. [1] It is red. [2]", citation(1, "It was built\nin 1871."), citation(2, "red", page=4)
    )
    again = answer("By Thorsen. [1]", replace(citation(1, "By Thorsen.", "/docs/b.txt"), heading=None))
    written = to_markdown(TALK, [turn("When was it built?", first), turn("By whom?", again)])
    lines = [line for line in written.split("\n") if line]
    assert lines[0] == "# The lighthouse"
    when = r"2023-11-1[45] \d\d:\d\d[+-]\d\d:\d\d"
    assert re.fullmatch(rf"\*{when}\*", lines[1])
    assert re.fullmatch(rf"\*{when}, confidence {percent(first.confidence)}\*", lines[3])
    assert [line for line in lines if line.startswith("## ")] == ["## When was it built?", "## By whom?"]
    assert "It was built in 1871. [^1] It is red. [^2]" in lines
    assert "By Thorsen. [^3]" in lines
    assert lines[-3:] == [
        "[^1]: “It was built in 1871.” — /docs/a.md, line 3, History",
        "[^2]: “red” — /docs/a.md, p. 4, History",
        "[^3]: “By Thorsen.” — /docs/b.txt, line 3",
    ]
    kinds = shape(parsed(written))
    assert kinds.count("footnote_ref") == kinds.count("footnote_open") == 3


def test_what_was_not_answered_is_said() -> None:
    near = Passage("text", "/docs/near_by.pdf", 0, 4, 0.5, 0.5, 2, None, 1, "0" * 64)
    missing = Answer("q", "q", "The documents do not answer this.", "not_found", 0.1, (), (near,) * 5)
    turns = [
        turn("one", missing),
        turn("two", status="failed", error="the model `x` does not answer"),
        turn("three", status="cancelled"),
        turn("four"),
        turn("five", replace(missing, where=("*.md", "/docs/b.txt"))),
        turn("six", where=("*.csv",)),
    ]
    seen = plain(parsed(to_markdown(TALK, turns)))
    assert seen.count("The documents do not answer this.") == 2
    assert seen.count("/docs/near_by.pdf, p. 2") == 6
    assert "Not answered: the model `x` does not answer" in seen
    assert "Cancelled." in seen
    assert "Not answered yet." in seen
    assert ", limited to *.md, /docs/b.txt" in seen
    assert ", limited to *.csv" in seen


HOSTILE = [
    "# not a heading #",
    "- not a list\n+ nor this\n* nor this\n1. nor this\n2) nor this",
    "title\n===",
    "===\ntitle\n===\n---\n***",
    "> no quote",
    "```\nno code\n```",
    "~~~ no code",
    "a\n\n    no code",
    "    no code\n\tno code",
    "`no code` ``nor`` this",
    "<script>alert(1)</script> <!-- <b>bold</b> &lt;&copy;&#65;",
    "[text](http://evil.example) ![picture](x.png) <http://evil.example>",
    "[1]: http://evil.example\n[^1]: another note\n[^9] [x]: y",
    "x\n\na|b\n|-|-",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "*em* **strong** _em_ __strong__ ~~gone~~ $x$ ***",
    "a\\\nb\\",
    "\x1b[31mred\x1b[0m \u202eevil \x00 \x0c \x85 \u2028x",
    "[1](http://evil.example) [1]: note [1][2]",
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_the_text_of_documents_is_only_text(text: str) -> None:
    check_shape(text)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ab1 \n\t\r#-+*_=>`~<!/&;:[]()^|\\$.\"'\x1b\u202e\u2028é")))
def test_any_text_is_only_text(text: str) -> None:
    check_shape(text)


def check_shape(text: str) -> None:
    """Wherever the text stands, the Markdown has the shape that it has with harmless words, and says the text."""

    def written(text: str) -> str:
        found = answer(f"Begins. [1]\n{text}", citation(1, f"a {text}", f"/docs/{text}"))
        odd = turn(f"q {text}", found, where=(text,))
        return to_markdown(
            replace(TALK, title=f"t {text}"), [odd, turn(f"q {text}", status="failed", error=f"e {text}")]
        )

    tokens, harmless = parsed(written(text)), parsed(written("harmless"))
    extra = ("footnote_ref", "footnote_anchor") if "[1]" in text else ()
    more = {"paragraph_open", "paragraph_close", "inline", *extra}  # an answer may have several paragraphs
    assert [kind for kind in shape(tokens) if kind not in more] == [
        kind for kind in shape(harmless) if kind not in more
    ]
    seen = re.sub(r"\s+", "", plain(tokens))
    wanted = re.sub(r"\s+", "", visible(f"t {text}"))
    assert seen.startswith(wanted)
    assert re.sub(r"\s+", "", visible(f"e {text}")) in seen
    quoted = re.sub(r"\s+", "", visible(f"“a {text}”—/docs/{text}"))
    assert quoted in seen
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", written(text))


def test_lines_and_paragraphs_stay() -> None:
    tokens = parsed(to_markdown(TALK, [turn("q", answer("One.\n Two.\r\n \n\nThree. [1]", citation(1, "x")))]))
    assert "One.\nTwo." in [plain([token]) for token in tokens]
    assert any(child.type == "hardbreak" for token in tokens for child in token.children or [])


def test_a_number_that_is_no_citation_stays() -> None:
    found = parsed(to_markdown(TALK, [turn("q", answer("Built [1] in [2] and [12].", citation(1, "x")))]))
    assert "in [2] and [12]." in plain(found)


def test_json_is_complete() -> None:
    odd = answer("Text \x1b [1]", citation(1, "quote \udcff", "/docs/\udcff.txt"))
    turns = [turn("q é", odd, where=("*.md",)), turn("two", status="failed", error="reason")]
    written = to_json(replace(TALK, where=("*.md",)), turns)
    assert written.isascii()
    read = json.loads(written)
    assert read["schema"] == 1
    assert read["conversation"] == {
        **{"id": 7, "title": "The lighthouse", "created": 1_700_000_000.0, "updated": 1_700_000_100.0},
        "where": ["*.md"],
    }
    first, second = read["turns"]
    assert set(first) == set(Turn.__dataclass_fields__)
    assert Answer.from_dict(first["answer"]) == odd
    assert (first["question"], first["where"]) == ("q é", ["*.md"])
    assert (second["answer"], second["status"], second["error"]) == (None, "failed", "reason")


def test_an_answer_that_was_given_while_documents_were_added_says_so() -> None:
    told, given = ", answered while documents were being added", answer("Then. [1]", citation(1, "then"))
    assert told in to_markdown(TALK, [turn(answer=replace(given, adding=True))])
    assert told not in to_markdown(TALK, [turn(answer=given)])
