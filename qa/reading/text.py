"""Plain text: bytes to the file's own characters, unchanged but for the byte order mark."""

from __future__ import annotations

import codecs

from qa.errors import ReadError

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_GUESSES = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874"),
    *("koi8_r", "cp932", "euc_jp", "gb18030", "big5", "cp949"),
]
"""What files are written in. Left to all of Python's encodings, the guess for "café" is UTF-16 or a mainframe's."""

_WESTERN = "cp1252"
_HIGH = bytes(range(0x80, 0x100))
_ENOUGH = 4
"""Fewer bytes beyond ASCII tell nothing: a lone "£" is guessed to be Polish."""

_NOT_TEXT = "it is not a text file: add it as a PDF, an Office file or text"


def decode(data: bytes) -> tuple[str, str, str | None]:
    """The text, its encoding and, where that was guessed, a notice. `data.decode(encoding) == text` always.

    The order: byte order mark, strict UTF-8, UTF-16 or UTF-32 without a mark, and a guess by charset-normalizer.
    Raises ReadError for bytes that are no text.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return data.decode(encoding), encoding, None
            except UnicodeDecodeError:
                name = encoding.removesuffix("-sig").upper()
                reason = f"it begins as {name} but does not stay it: open it in an editor and save it as UTF-8"
                raise ReadError(reason) from None
    if b"\0" in data:
        encoding = _wide(data)
        return data.decode(encoding), encoding, f"encoding guessed: {encoding}"
    try:
        return data.decode("utf-8"), "utf-8", None
    except UnicodeDecodeError:
        encoding = _guess(data)
        return data.decode(encoding), encoding, f"encoding guessed: {encoding}"


def looks_like_text(data: bytes) -> bool:
    """Whether bytes are marked as Unicode, are UTF-8 without NULs, or could be text in an older encoding."""
    if data.startswith(tuple(bom for bom, _ in _BOMS)):
        return True
    if b"\0" in data:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        sample = data[:65536] + data[-65536:]
        return (len(sample) - len(sample.translate(None, _CONTROLS))) * 50 <= len(sample)
    return True


_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n\v\f\r\x1b"})
"""Bytes that text in an older encoding hardly holds (ESC colours logs); of random bytes they are a tenth."""


def _wide(data: bytes) -> str:
    """UTF-16 or UTF-32 without a mark: the high byte of a quarter of the characters is zero, and hardly a low one."""
    for encoding, width, low in (("utf-32-le", 4, 0), ("utf-32-be", 4, 3), ("utf-16-le", 2, 0), ("utf-16-be", 2, 1)):
        if len(data) % width:
            continue
        high = width - 1 - low
        count = len(data) // width
        if data[high::width].count(0) * 4 < count or data[low::width].count(0) * 50 > count:
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return encoding
    raise ReadError(_NOT_TEXT)


def _guess(data: bytes) -> str:
    if not looks_like_text(data):
        raise ReadError(_NOT_TEXT)
    from charset_normalizer import from_bytes  # half a second on some machines, and most files are UTF-8

    encodings = [_WESTERN]
    if len(data) - len(data.translate(None, _HIGH)) >= _ENOUGH:
        matches = list(from_bytes(data, cp_isolation=_GUESSES))
        western = next((match for match in matches if _WESTERN in match.could_be_from_charset), None)
        if (
            western is not None
            and western.chaos <= matches[0].chaos
            and western.coherence >= matches[0].coherence - 0.02
        ):
            matches.insert(0, western)  # equally likely, and by far the most frequent
        encodings = [_WESTERN if match is western else match.encoding for match in matches]
    for encoding in encodings:
        try:
            data.decode(encoding).encode("utf-8")
        except UnicodeError:
            continue
        return encoding
    raise ReadError(_NOT_TEXT)
