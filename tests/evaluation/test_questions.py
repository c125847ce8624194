"""The file of questions: what a line may hold, and how a wrong one is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qa.errors import InputError
from qa.evaluation import Question, read_questions
from qa.evaluation.matching import comparable, holds, unmarked
from tests.conftest import CORPUS


def read(tmp_path: Path, text: str | bytes) -> list[Question]:
    file = tmp_path / "mine.jsonl"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_questions(file)


def test_a_line_may_hold_all_that_is_known(tmp_path: Path) -> None:
    (full,) = read(
        tmp_path,
        '{"question": "And then?", "answers": ["Ada", "Bob"], "source": "a/b.md", "span": [3, 9], "answerable": true,'
        ' "history": [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Eve."}], "kind": "late"}',
    )
    assert full.answers == ("Ada", "Bob")
    assert (full.source, full.span, full.kind, full.line) == ("a/b.md", (3, 9), "late", 1)
    assert [message["content"] for message in full.history] == ["Who?", "Eve."]


def test_what_the_documents_answer_is_what_the_line_says(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        '{"question": "a?"}\n{"question": "b?", "answers": []}\n{"question": "c?", "answerable": false}\n'
        '{"question": "d?", "answers": ["x"]}\n',
    )
    assert [one.answerable for one in found] == [True, False, False, True]


def test_a_null_is_as_good_as_no_key_where_it_can_mean_nothing_else(tmp_path: Path) -> None:
    nothing = "".join(f', "{key}": null' for key in ("source", "span", "history", "kind"))
    assert read(tmp_path, f'{{"question": "a?"{nothing}}}') == read(tmp_path, '{"question": "a?"}')


def test_a_mark_blank_lines_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    found = read(tmp_path, '\ufeff\r\n{"question": "a?"}\r\n   \r\n{"question": "b\u2028c?"}\r\n'.encode())
    assert [(one.question, one.line) for one in found] == [("a?", 2), ("b\u2028c?", 4)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ("[1]", "JSON object"),
        ('"who?"', "JSON object"),
        ("{}", '"question" is missing'),
        ('{"question": ""}', "empty"),
        ('{"question": 3}', "str"),
        ('{"question": "a?", "anwers": ["x"]}', '"anwers" is unknown'),
        ('{"question": "a?", "question": "b?"}', "twice"),
        ('{"question": "a?", "answers": "x"}', "list of strings"),
        ('{"question": "a?", "answers": [1]}', "list of strings"),
        ('{"question": "a?", "answers": [""]}', "neither letters nor digits"),
        ('{"question": "a?", "answers": ["—!"]}', "neither letters nor digits"),
        ('{"question": "a?", "answers": [], "answerable": true}', "nothing answers it"),
        ('{"question": "a?", "answers": ["x"], "answerable": false}', "no answers"),
        ('{"question": "a?", "source": "a.md", "answerable": false}', "no answers, source or span"),
        ('{"question": "a?", "answerable": "no"}', "true or false"),
        ('{"question": "a?", "answerable": null}', "true or false"),
        ('{"question": "a?", "source": ""}', "not empty"),
        ('{"question": "a?", "source": ["a.md"]}', "not empty"),
        ('{"question": "a?", "span": [1, 2]}', '"source"'),
        ('{"question": "a?", "source": "a", "span": [2, 2]}', "start before end"),
        ('{"question": "a?", "source": "a", "span": [-1, 2]}', "start before end"),
        ('{"question": "a?", "source": "a", "span": [0, 2.0]}', "start before end"),
        ('{"question": "a?", "source": "a", "span": [false, true]}', "start before end"),
        ('{"question": "a?", "history": "before"}', "list of messages"),
        ('{"question": "a?", "history": [{"role": "pope", "content": "x"}]}', "role"),
        ('{"question": "a?", "kind": 3}', "kind"),
        ('{"question": "a?", "source": "\\ud800.md"}', '"source"'),
        ('{"question": "a?", "answers": ["\\ud800x"]}', '"answers"'),
        (f'{{"question": "{"x" * 10_001}"}}', "10,001"),
        (b'{"question": "\xff?"}', "not UTF-8"),
        (f'{{"question": {"9" * 5000}}}', "digits"),
        ("[" * 200_000, "nested"),
        ('{"question": "a?", "\\u001b[31m": 1}', "unknown"),
    ],
)
def test_a_line_that_is_not_valid_is_named(tmp_path: Path, line: str | bytes, said: str) -> None:
    raw = line if isinstance(line, bytes) else line.encode()
    with pytest.raises(InputError) as caught:
        read(tmp_path, b'{"question": "fine?"}\n\n' + raw + b"\n{")
    told = str(caught.value)
    assert "mine.jsonl, line 3: " in told
    assert said in told
    assert "\n" not in told
    assert "\x1b" not in told
    assert len(told) < 400


def test_all_lines_that_are_not_valid_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, '{"question": "a?"}\n{\n\n[]\n{"qestion": "b?"}\n')
    told = str(caught.value)
    assert "mine.jsonl, line 2: it is not JSON" in told
    assert "; line 4: a line is a JSON object" in told
    assert "; line 5: the key" in told
    assert "line 1" not in told
    with pytest.raises(InputError) as caught:
        read(tmp_path, "{\n" * 13)
    assert "; line 10: " in str(caught.value)
    assert str(caught.value).endswith("; and 3 more lines")


@pytest.mark.parametrize("text", ["", "\n \r\n", "\ufeff"])
def test_a_file_without_questions_says_what_one_looks_like(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r'holds no question.*"question"'):
        read(tmp_path, text)


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, said in (("nowhere.jsonl", "cannot be read"), (".", "not a file"), ("pipe", "not a file")):
        with pytest.raises(InputError, match=said):
            read_questions(tmp_path / name)


def test_the_sample_questions_can_be_read() -> None:
    found = read_questions(CORPUS / "questions.jsonl")
    assert (len(found), sum(one.answerable for one in found)) == (133, 81)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("He paid 1,000 dollars.", "1000 dollars"),
        ("He paid 1000 dollars.", "1,000"),
        ("He paid 1\u202f000\u202f000 euros", "1,000,000 EUROS"),
        ("in Zürich’s 1'500 houses", "Zürich's 1500"),
        ("It is called “Rosebud”.", '"rosebud"'),
        ("the  Hotel\n Metropole [2]", "hotel metropole"),
        ("Ｆｕｌｌ width ﬁle", "full width file"),
        ("GROSSE STRASSE", "große Straße"),
        ("他住在北京市。", "北京"),
        ("It cost 16.3 million.", "16.3"),
        ("Was it 3?", "3"),
        ("DS-1,Descaler 1 litre,14.90,2024-03-01", "14.90"),
        ("3,1249.00,2023", "1249.00"),
        ("3,5 metres", "3,5"),
    ],
)
def test_how_it_is_written_makes_no_difference(text: str, answer: str) -> None:
    assert holds(text, [answer])


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("the party", "art"),
        ("3.5 metres", "5"),
        ("3.5 metres", "3"),
        ("15 metres", "5"),
        ("1,0000", "10000"),
        ("1.000 metres", "1000"),
        ("the year 2019, 300 people", "2019300"),
        ("cafe", "café"),
        ("five", "5"),
        ("Metropole Hotel", "Hotel Metropole"),
        ("北", "北京"),
    ],
)
def test_what_is_something_else_is_not_taken_for_it(text: str, answer: str) -> None:
    assert not holds(text, [answer])


def test_marks_are_no_part_of_an_answer() -> None:
    assert unmarked("She died in Ohio [1] [2]. In 2017 [10].") == "She died in Ohio. In 2017."
    assert comparable("_snake_ case!") == "snake case"
