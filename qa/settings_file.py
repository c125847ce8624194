"""One setting written into a quoth.toml, which otherwise stays as the person wrote it, comments and all."""

from __future__ import annotations

import copy
import json
import re
import tomllib
from pathlib import Path

from qa.errors import SettingsError
from qa.private import replace_file

_TABLE = re.compile(r"\s*\[")


def write(file: Path, section: str, name: str, value: str) -> None:
    """Set `name` in the table `section` to a text. The file is replaced as a whole or not at all, for its owner alone.

    Raises SettingsError where the file cannot be read or written, or is written so that a line cannot simply be set.
    """
    file = file.resolve()  # a link to the file stays one
    try:
        text = file.read_bytes().decode("utf-8") if file.exists() else ""
        wanted = copy.deepcopy(tomllib.loads(text))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file} cannot be read: {error}. Mend the line, or move the file away.") from None
    line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
    changed = _set(text, section, name, line)
    if isinstance(wanted.setdefault(section, {}), dict):
        wanted[section][name] = value
    # Whatever a line looks like: what counts is that TOML reads the new text as the old one with this setting.
    if _read(changed) != wanted:
        raise SettingsError(f"{file} is not written line by line; write into it by hand, under [{section}]: {line}")
    try:
        _replace(file, changed)
    except OSError as error:
        raise SettingsError(f"{file} cannot be written: {error.strerror}") from None


def _set(text: str, section: str, name: str, line: str) -> str:
    """The text with the line in the table, in the place of one that sets the same."""
    lines = text.splitlines(keepends=True)
    header = re.compile(rf"\s*\[\s*{section}\s*\]\s*(#.*)?$")
    start = next((number for number, one in enumerate(lines) if header.match(one)), None)
    if start is None:
        end = "" if not text or text.endswith("\n") else "\n"
        return f"{text}{end}{chr(10) if text else ''}[{section}]\n{line}\n"
    old = re.compile(rf"(\s*){name}\s*=\s*(?:\"(?:[^\"\\]|\\.)*\"|'[^']*')(.*\n?)", re.DOTALL)
    for number in range(start + 1, len(lines)):
        if _TABLE.match(lines[number]):
            break
        if found := old.fullmatch(lines[number]):
            lines[number] = f"{found[1]}{line}{found[2]}"
            return "".join(lines)
    if not lines[start].endswith("\n"):
        lines[start] += "\n"
    lines.insert(start + 1, f"{line}\n")
    return "".join(lines)


def _read(text: str) -> object:
    try:
        return tomllib.loads(text)
    except ValueError:
        return None


def _replace(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(file, text.encode("utf-8"))  # for its owner alone: it may hold a key
