"""The pages that are made when the documentation is built, from the programs themselves, so that they cannot go stale.

mkdocs calls what begins with `on_`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout's own programs, whatever is installed

FROM_ROOT = {"security.md": "SECURITY.md", "changes.md": "CHANGELOG.md", "contributing.md": "CONTRIBUTING.md"}
"""Pages that are files of the checkout."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Leave pages out of the navigation that a checkout does not have."""
    there = {*(page.name for page in (ROOT / "docs").glob("*.md")), *made()}
    config.nav = [
        {part: kept}
        for one in config.nav
        for part, pages in one.items()
        if (kept := [page for page in pages if page in there])
    ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made."""
    for name, content in made().items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Lead links to files of the checkout to the pages that are made of them."""
    for page, file in FROM_ROOT.items():
        markdown = re.sub(rf"\]\((?:\.\./)?{file}", f"]({page}", markdown)
    return markdown


def made() -> dict[str, str]:
    """The pages that lie in no file of `docs`: name -> Markdown."""
    written = {"commands.md": commands(), "settings.md": settings()}
    return written | {name: (ROOT / file).read_text(encoding="utf-8") for name, file in FROM_ROOT.items()}


def commands() -> str:
    """The help of every command, as typer writes it."""
    import typer
    from typer.cli import get_docs_for_click

    from qa.cli.app import app

    command = typer.main.get_command(app)
    context = typer.Context(command, info_name="quoth")
    page = get_docs_for_click(obj=command, ctx=context, name="quoth", title="Commands")
    lists = re.compile(r"^\*\*Commands\*\*:\n\n(?:\* .*\n)+\n", re.MULTILINE)  # cut short; each follows whole
    return lists.sub("", page)


def settings() -> str:
    """Every setting: its default, what it may be, and what it is for."""
    from qa.settings import Settings

    schema = Settings.model_json_schema()
    page = ["# Settings", "", " ".join(Settings.__doc__.split()), ""]
    page += ["[Where they are read from](libraries.md#settings), and in which order, is said in the guide.", ""]
    page += table({name: one for name, one in schema["properties"].items() if "$ref" not in one})
    for name, one in schema["properties"].items():
        if "$ref" in one:
            section = schema["$defs"][one["$ref"].rpartition("/")[2]]
            page += [f"## {name}", "", " ".join(section["description"].split()), ""]
            page += table(section["properties"], f"{name}.")
    return "\n".join(page)


def table(fields: dict[str, Any], section: str = "") -> list[str]:
    """Settings as the lines of a Markdown table."""
    rows = ["| setting | default | may be | what it is |", "| --- | --- | --- | --- |"]
    for name, field in fields.items():
        default = repr(field["default"]).replace("'", '"') if field.get("default") is not None else "none"
        rows.append(f"| `{section}{name}` | `{default}` | {allowed(field)} | {field['description']} |")
    return [*rows, ""]


def allowed(field: dict[str, Any]) -> str:
    """What a setting may be, from its JSON schema."""
    from qa.settings import MOST

    if choices := field.get("enum"):
        return " or ".join(f"`{choice}`" for choice in choices)
    kinds = {"integer": "a whole number", "number": "a number", "string": "text", "boolean": "true or false"}
    words = [kinds.get(field.get("type", "string"), "a table")]
    if field.get("maximum") == MOST:  # as good as none
        del field["maximum"]
    limits = {"minimum": "from {:,}", "exclusiveMinimum": "above {:,}", "maximum": "to {:,}"}
    return " ".join([*words, *(text.format(field[limit]) for limit, text in limits.items() if limit in field)])
