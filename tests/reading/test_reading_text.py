"""Plain text keeps every character, whatever it is written in."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.reading import Reader
from qa.reading.text import decode
from tests.reading.conftest import Read, Refused

_ANY = st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")
_TEXT = st.lists(st.one_of(st.text(_ANY, min_size=1), st.sampled_from(["\n", "\r\n", "\r", "\u2028", "\x85"]))).map(
    "".join
)
_BOMS = {"utf-8-sig": "utf-8-sig", "utf-16": "utf-16", "utf-32": "utf-32"}


@given(text=_TEXT.filter(str.strip), encoding=st.sampled_from(["utf-8", *_BOMS]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_text_is_the_file_s_own_to_the_character(reader: Reader, tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(data := text.encode(encoding))
    document = reader.read(path)
    assert document.text == text
    assert document.encoding == encoding
    assert document.notices == ()
    assert document.kind == "txt"
    assert document.source == str(path)
    assert document.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("suffix", ["md", "rst", "log", "csv", "tsv", "json", "jsonl", "py", "yaml", "tex", "sql"])
def test_every_plain_format_keeps_its_source(read: Read, suffix: str) -> None:
    text = '# Über\r\n\r\n"a","b\nc"\r{"x": 1}\t\n=====\n  ☃\u2028 end '
    document = read(f"a.{suffix}", b"\xef\xbb\xbf" + text.encode())
    assert (document.text, document.kind, document.encoding) == (text, suffix, "utf-8-sig")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Das Mädchen isst Äpfel und Brötchen in Köln.\r\nSchön!", "cp1252"),
        ("naïve “quotes” — and Zoë’s résumé costs €5", "cp1252"),
        ("El niño comió piñas mañana.", "cp1252"),
        ("café", "cp1252"),
        ("£5", "cp1252"),
        ("plain English " * 50 + "and one é", "cp1252"),
        ("Zażółć gęślą jaźń, powiedział pan Łukasz.", "cp1250"),
        ("İstanbul'da güneş batıyor, çok güzel bir şehir", "cp1254"),
        ("Ελληνικά κείμενα εδώ για δοκιμή", "cp1253"),
        ("Москва — столица России, большой город.", "cp1251"),
        ("日本語のテキストです。これは文章です。", "cp932"),
        ("中文文本，测试一下。这是一个句子。", "gb18030"),
    ],
)
def test_a_guessed_encoding_is_said(read: Read, text: str, encoding: str) -> None:
    document = read("old.txt", data := text.encode(encoding))
    assert (document.text, document.encoding) == (text, encoding)
    assert document.notices == (f"encoding guessed: {encoding}",)
    assert data.decode(encoding) == document.text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_text_without_a_mark_is_recognised(read: Read, encoding: str) -> None:
    text = "Written by an old program.\r\nWith an é and a ☃.\r\n"
    document = read("wide.txt", text.encode(encoding))
    assert (document.text, document.encoding) == (text, encoding)
    assert document.notices == (f"encoding guessed: {encoding}",)


@given(data=st.binary(min_size=1))
@settings(deadline=None)
def test_whatever_is_decoded_can_be_encoded_again(data: bytes) -> None:
    from qa.errors import ReadError

    try:
        text, encoding, _ = decode(data)
    except ReadError:
        return
    assert data.decode(encoding) == text
    text.encode("utf-8")


def test_a_mark_that_the_text_does_not_keep_is_reported(refused: Refused) -> None:
    assert "begins as UTF-16" in refused("a.txt", b"\xff\xfea")
    assert "begins as UTF-8" in refused("a.txt", b"\xef\xbb\xbf\xff\xff")


def test_a_second_byte_order_mark_is_text(read: Read) -> None:
    assert read("a.txt", b"\xef\xbb\xbf" * 2 + b"x").text == "\ufeffx"


def test_empty_and_blank_files_are_reported(refused: Refused) -> None:
    assert refused("a.txt", b"") == "it is empty"
    assert refused("a.md", b" \r\n\t\xc2\xa0\n") == "it holds nothing but white space"
    assert refused("a.txt", b"\xef\xbb\xbf") == "it holds nothing but white space"


@pytest.mark.parametrize("name", ["a.txt", "a.unknown", "noname", "data.bin.txt"])
def test_binary_bytes_are_no_text(refused: Refused, name: str) -> None:
    assert "not a text file" in refused(name, bytes(range(256)) * 20)
    assert "not a text file" in refused(name, b"text with a \0 in it")


def test_an_unknown_suffix_is_text_if_its_bytes_are(read: Read) -> None:
    for name in ("Makefile", "notes.2024", "a.unknown", "README"):
        document = read(name, b"all:\n\techo\n")
        assert (document.kind, document.text) == ("txt", "all:\n\techo\n")


def test_a_log_may_hold_colours(read: Read) -> None:
    text = "\x1b[31mred\x1b[0m\b and \f more"
    assert read("a.log", text.encode()).text == text


def test_a_name_that_is_no_unicode_is_read(reader: Reader, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 \xff.md"))
    path.write_bytes(b"# Found\n\nHello")
    document = reader.read(path)
    assert document.title == "Found"
    assert os.fsencode(document.source) == os.fsencode(path)
