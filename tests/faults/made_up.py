"""What the fuzz tests make up with hypothesis: damaged files of every kind, texts, documents and settings."""

from __future__ import annotations

import io
import zipfile

from hypothesis import strategies as st

from qa.types import Document, Mark
from tests.reading import reading_files as files
from tests.reading.test_reading_kinds import SEEDS

TOKENS = [
    *(b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xd8\x00", b"\r", b"<", b">", b"&a;", b"]]>", b"<!--", b"<!DOCTYPE x ["),
    *(b"%PDF-", b" obj\n", b"endobj", b"stream\n", b"/Kids [2 0 R]", b"/Length 99999999", b"/FlateDecode", b"-1"),
    *(b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"99999999999999999999", b"1e999", b"XFD1048576", b"\x1b[2J"),
    *(b"# ", b"```", b'"', b",", b"\n\n", b"=?utf-8?B?", b"Content-Type: ", b"boundary=x", b"{", b"[", b"\\ud800"),
]  # fmt: skip
"""What the parsers look for, or trip over."""


def mutated(data: bytes) -> st.SearchStrategy[bytes]:
    """The bytes after a few changes: overwritten, taken out, put in, doubled, cut off."""
    place = st.integers(0, max(len(data) - 1, 0))
    piece = st.one_of(st.sampled_from(TOKENS), st.binary(min_size=1, max_size=8))
    change = st.tuples(st.sampled_from("oidxc"), place, place, piece)

    def apply(changes: list[tuple[str, int, int, bytes]]) -> bytes:
        out = data
        for how, first, second, new in changes:
            low, high = sorted((first % (len(out) + 1), second % (len(out) + 1)))
            high = min(high, low + 200)
            if how == "o":
                out = out[:low] + new + out[low + len(new) :]
            elif how == "i":
                out = out[:low] + new + out[low:]
            elif how == "d":
                out = out[:low] + out[high:]
            elif how == "x":
                out = out[:high] + out[low:high] * 3 + out[high:]
            else:
                out = out[: max(low, 1)] if low * 2 > len(out) else out
        return out

    return st.lists(change, min_size=1, max_size=12).map(apply)


def rezipped(data: bytes) -> st.SearchStrategy[bytes]:
    """A zip document with one or two of its parts mutated, emptied, taken out, or under another's name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = st.sampled_from(sorted(parts))

    def changed(picked: str) -> st.SearchStrategy[tuple[str, bytes | None]]:
        other = name.map(lambda one: parts[one])
        return st.tuples(st.just(picked), st.one_of(*[mutated(parts[picked])] * 4, other, st.just(b""), st.none()))

    def put_together(changes: list[tuple[str, bytes | None]]) -> bytes:
        given = parts | dict(changes)
        return files.zipped({name: content for name, content in given.items() if content is not None})

    return st.lists(name.flatmap(changed), min_size=1, max_size=2).map(put_together)


def damaged(kind: str) -> st.SearchStrategy[bytes]:
    """A file of this kind, damaged."""
    seed = SEEDS[kind]
    return st.one_of(rezipped(seed), mutated(seed)) if seed.startswith(b"PK") else mutated(seed)


SCRIPTS = [
    "東京。",
    "👨‍👩‍👧",
    "é",
    "e\u0301",
    "ﷺ",
    "𝔘",
    "٣",
    "ไทย",
    "\u2028",
    "\x85",
    "\x0c",
    "\u200d",
    "\u202e",
    "\ufeff",
    "İ",
    "ß",
]
BLOCKS = [
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "\t",
    ". ",
    "# Head\n",
    "| a | b |\n",
    "- item\n",
    "1. ",
    "```\n",
    "word ",
    "[1]",
    "[ 2 ]",
]
LONG = ["x" * 200, " " * 300, "a " * 300, "..." * 60, "|" * 100, "-" * 120 + "\n", "\n" * 60, "\u0301" * 80]
ANY = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TEXT = st.one_of(
    st.text(ANY, max_size=200), st.lists(st.sampled_from([*SCRIPTS, *BLOCKS, *LONG]), max_size=50).map("".join)
)
TEXTS = TEXT.filter(str.strip)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document as reading may give it: any text, with marks in order within it."""
    text = draw(TEXTS)
    starts = sorted(draw(st.sets(st.integers(0, len(text) - 1), max_size=6)))
    headings = st.one_of(st.none(), st.text(ANY, min_size=1, max_size=20))
    marks = tuple(Mark(start, draw(st.one_of(st.none(), st.integers(1, 9))), draw(headings)) for start in starts)
    kind = draw(st.sampled_from(["txt", "md", "csv", "pdf", "xlsx", "html"]))
    return Document("/a", text, kind, "0" * 64, marks)


TOML = b"""library = "notes"
[reading]
max_bytes = 1_000_000
seconds = 2.5
[retrieval]
k = 3
[chat.keys]
"chat.new" = "ctrl+o"
"""
NAMES = [
    "library",
    "reading",
    "seconds",
    "retrieval",
    "k",
    "chat",
    "keys",
    "answer",
    "threshold",
    "embedding",
    "threads",
    "x",
]
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.integers(10**14, 10**40)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=3),
    ),
    max_leaves=8,
)
