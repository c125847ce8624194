"""What a file is: by its first bytes where they tell, by its name where they do not."""

from __future__ import annotations

from pathlib import Path

from qa.errors import ReadError
from qa.reading.text import looks_like_text

_TEXT_SUFFIXES = (
    "txt md rst log csv tsv json jsonl ndjson xml yaml yml toml ini cfg conf properties tex bib org adoc asciidoc"
    " textile wiki srt vtt svg diff patch sql sh bash zsh fish ps1 bat cmd py pyi pyx rb pl pm php lua r jl js mjs"
    " cjs jsx ts tsx vue svelte css scss sass less java kt kts scala groovy gradle clj cljs ex exs erl hrl hs elm"
    " ml mli fs fsx c h cc cpp cxx hpp hh hxx m mm cs vb go rs swift dart zig nim d f f90 f95 asm s v sv vhd vhdl"
    " tcl lisp el scm rkt proto graphql thrift tf hcl nix cmake mk dockerfile po pot"
)

TEXT = frozenset(_TEXT_SUFFIXES.split())
"""Suffixes that become the kind of a text file; a text file with any other suffix is a "txt"."""

ALIASES = {"markdown": "md", "mdown": "md", "mkd": "md", "text": "txt", "htm": "html", "xhtml": "html", "tab": "tsv"}

PARSED = frozenset({"html", "pdf", "docx", "pptx", "xlsx", "epub", "ipynb", "eml"})
"""Kinds whose text is extracted by a parser, in the child process."""

BINARY_SUFFIXES = {"pdf": "pdf", "docx": "zip", "pptx": "zip", "xlsx": "zip", "xlsm": "zip", "epub": "zip"}
"""Suffixes of the documents that are binary, and what their first bytes say."""

_AS_WORD = "open it in a word processor and save it as .docx or PDF"
_AS_SLIDES = "open it in a presentation program and save it as .pptx or PDF"
_AS_SHEET = "open it in a spreadsheet program and save it as .xlsx or .csv"
_AS_PDF = "open it in the program that made it and export it as PDF"

OTHER_DOCUMENTS = {
    "doc": ("an old Word file", _AS_WORD),
    "dot": ("an old Word template", _AS_WORD),
    "docm": ("a Word file with macros", _AS_WORD),
    "dotx": ("a Word template", _AS_WORD),
    "odt": ("an OpenDocument text", _AS_WORD),
    "ott": ("an OpenDocument template", _AS_WORD),
    "rtf": ("a Rich Text file", _AS_WORD),
    "wpd": ("a WordPerfect file", _AS_WORD),
    "pages": ("a Pages file", _AS_WORD),
    "ppt": ("an old PowerPoint file", _AS_SLIDES),
    "pps": ("an old PowerPoint file", _AS_SLIDES),
    "odp": ("an OpenDocument presentation", _AS_SLIDES),
    "key": ("a Keynote file", _AS_SLIDES),
    "xls": ("an old Excel file", _AS_SHEET),
    "xlsb": ("a binary Excel file", _AS_SHEET),
    "ods": ("an OpenDocument spreadsheet", _AS_SHEET),
    "numbers": ("a Numbers file", _AS_SHEET),
    "msg": ("an Outlook message", "save it as .eml or .txt"),
    "mht": ("a web archive", "save the page as .html or PDF"),
    "mhtml": ("a web archive", "save the page as .html or PDF"),
    "mobi": ("a Kindle book", "convert it to .epub"),
    "azw": ("a Kindle book", "convert it to .epub"),
    "azw3": ("a Kindle book", "convert it to .epub"),
    "djvu": ("a DjVu scan", "convert it to PDF with a text layer"),
    "ps": ("a PostScript file", _AS_PDF),
    "xps": ("an XPS file", _AS_PDF),
    "one": ("a OneNote file", _AS_PDF),
    "pub": ("a Publisher file", _AS_PDF),
}
"""Documents that Quoth does not read, and how to make them into ones that it does."""

_TEXTUAL = frozenset({"mht", "mhtml", "ps"})
"""Those of them whose bytes pass for text, and make no sense as such."""

NOT_DOCUMENTS = {
    "an image": "png jpg jpeg gif bmp tif tiff webp ico icns heic heif avif psd ai xcf raw cr2 nef arw dng svg svgz",
    "a sound": "mp3 wav flac ogg oga opus m4a aac wma aif aiff mid midi amr",
    "a video": "mp4 m4v mkv webm avi mov wmv flv mpg mpeg 3gp ogv",
    "an archive": "zip tar gz tgz bz2 tbz xz txz zst lz lz4 lzma 7z rar cab iso dmg img jar war apk whl egg deb rpm",
    "a program": "exe dll so dylib a o obj lib pyc pyo pyd class wasm bin com msi node elc beam",
    "a font": "ttf otf ttc woff woff2 eot pfb",
    "a database": "sqlite sqlite3 db db3 mdb accdb dbf ldb",
    "data for programs": "npy npz pkl pickle parquet feather arrow h5 hdf5 mat safetensors onnx pt pth gguf ckpt",
}
"""What is no document, by suffix. A walk leaves these out, and they are named when a person names them."""

_PROMISED = BINARY_SUFFIXES.keys() | PARSED | TEXT | OTHER_DOCUMENTS.keys()
"""Suffixes that say what a file is. No other is repeated to a person: it may be 250 characters of anything."""

_BUILT_IN = TEXT | PARSED | BINARY_SUFFIXES.keys() | ALIASES.keys()

_WHAT_BY_SUFFIX = {suffix: what for what, suffixes in NOT_DOCUMENTS.items() for suffix in suffixes.split()}

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF87a", "an image"),
    (b"GIF89a", "an image"),
    (b"II*\x00", "an image"),
    (b"MM\x00*", "an image"),
    (b"8BPS\x00", "an image"),
    (b"\x1f\x8b\x08", "an archive"),
    (b"BZh9", "an archive"),
    (b"\xfd7zXZ\x00", "an archive"),
    (b"7z\xbc\xaf\x27\x1c", "an archive"),
    (b"Rar!\x1a\x07", "an archive"),
    (b"\x28\xb5\x2f\xfd", "an archive"),
    (b"ID3\x03", "a sound"),
    (b"ID3\x04", "a sound"),
    (b"fLaC\x00", "a sound"),
    (b"OggS\x00", "a sound"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"\x00asm", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"SQLite format 3\x00", "a database"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
)


def suffix_of(path: Path) -> str:
    """The last suffix, lower case, without its dot and with its aliases resolved; "" where there is none."""
    suffix = path.suffix[1:].lower()
    return ALIASES.get(suffix, suffix)


def is_no_document(path: Path) -> bool:
    """Whether the name alone says that this is an image, an archive, a program or the like."""
    return suffix_of(path) in _WHAT_BY_SUFFIX


def is_built_in(suffix: str) -> bool:
    """Whether Quoth reads files with this suffix itself, whatever else is installed."""
    return suffix in _BUILT_IN


def kind_of(path: Path, data: bytes) -> str:
    """The kind of the file with these bytes: one of PARSED, a suffix in TEXT, or "zip" where only its inside tells.

    What the bytes say goes before what the name says. Raises ReadError for kinds that Quoth does not read.
    """
    suffix = suffix_of(path)
    if data.startswith(b"%PDF-") or (suffix == "pdf" and b"%PDF-" in data[:1024]):
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if data.startswith(_OLE):
        raise ReadError(_old_office(suffix, data))
    if data.startswith(b"{\\rtf"):
        raise ReadError(unsupported("rtf"))
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise ReadError(_no_document(what, suffix))
    if data[4:8] == b"ftyp" or (data.startswith(b"RIFF") and data[8:12] in (b"WAVE", b"AVI ", b"WEBP")):
        raise ReadError(_no_document("a sound, video or image", suffix))
    if data[257:262] == b"ustar":
        raise ReadError(_no_document("an archive", suffix))
    if suffix in PARSED and suffix not in BINARY_SUFFIXES:
        return suffix
    if suffix in _TEXTUAL or not looks_like_text(data):
        _refuse_by_name(suffix)
    if suffix not in TEXT and data[:1024].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return "html"
    return suffix if suffix in TEXT else "txt"


def misnamed(path: Path, kind: str) -> str | None:
    """A notice where the name promised something else than what the file is."""
    suffix = suffix_of(path)
    same = suffix == kind or (suffix, kind) == ("xlsm", "xlsx")
    return None if same or suffix not in _PROMISED else f"named .{suffix}, but read as what it is: {kind}"


def unsupported(suffix: str) -> str:
    """Why a document of this suffix is not read, and what to do."""
    what, remedy = OTHER_DOCUMENTS[suffix]
    return f"{what} (.{suffix}) cannot be read: {remedy}"


def _no_document(what: str, suffix: str) -> str:
    named = f", although it is named .{suffix}" if suffix in _PROMISED else ""
    remedy = "unpack it and add what is inside" if what == "an archive" else "only documents with text can be read"
    return f"it is {what}{named}: {remedy}"


def _refuse_by_name(suffix: str) -> None:
    """Refuse in the words that fit the name; return for names of text, which may still be UTF-16."""
    if suffix in OTHER_DOCUMENTS:
        raise ReadError(unsupported(suffix))
    if suffix in _WHAT_BY_SUFFIX:
        raise ReadError(_no_document(_WHAT_BY_SUFFIX[suffix], suffix))
    if suffix in BINARY_SUFFIXES:
        raise ReadError(f"it is damaged, or no .{suffix} file: open it in its own program and save it again")


def _old_office(suffix: str, data: bytes) -> str:
    if _ENCRYPTED_OFFICE in data:
        return "it is protected by a password: save it without one and add it again"
    if suffix in OTHER_DOCUMENTS:
        return unsupported(suffix)
    return f"it is a file in the old Office format: {_AS_WORD}"
