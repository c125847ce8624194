"""`quoth config`, which shows the settings and where files lie, and `quoth model`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qa.cli.options import JsonOption, LibraryOption
from qa.cli.output import print_json, print_line
from qa.display import visible

if TYPE_CHECKING:
    from pydantic import BaseModel

model = typer.Typer(help="Embedding models.", no_args_is_help=True, add_completion=False)


def config(library: LibraryOption = None, as_json: JsonOption = False) -> int:
    """Show the settings in force, written as in quoth.toml, and where Quoth keeps its files."""
    from qa import settings
    from qa.logs import file as log_file

    folder = None
    if library is not None:
        from qa.cli.opening import open_library

        with open_library(library) as opened:
            folder = opened.folder
    effective = settings.load(folder)
    files = {
        "config": settings.config_file(),
        **({"library_config": folder / settings.FILE} if folder else {}),
        "data": settings.data_folder(),
        "cache": settings.cache_folder(),
        "log": log_file(),
    }
    if as_json:
        places = {name: str(path) for name, path in files.items()}
        print_json({"settings": effective.model_dump(mode="json"), "files": places})
        return 0
    for name, path in files.items():
        there = "" if path.exists() else " (not there)"
        print_line((f"# {name.replace('_', ' ')}: {visible(str(path), one_line=True)}{there}", "dim"))
    _print_table(effective, "")
    return 0


@model.callback()
def models() -> None:
    """Embedding models."""


@model.command()
def fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name on the Hugging Face hub.", show_default=False)],
    as_json: JsonOption = False,
) -> int:
    """Download an embedding model: the one command that uses the network."""
    from qa.embedding.models import fetch as fetch_model

    folder = fetch_model(name)
    if as_json:
        print_json({"model": name, "folder": str(folder)})
    else:
        print_line(f"Fetched into {visible(str(folder), one_line=True)}")
        print_line(f"To use it: embedding.model = {json.dumps(name)} in quoth.toml, or QUOTH_EMBEDDING__MODEL={name}")
    return 0


def _print_table(table: BaseModel, name: str) -> None:
    """Print a section's settings before the sections within it, as TOML wants it."""
    from pydantic import BaseModel

    fields = type(table).model_fields
    values: dict[str, Any] = {field: getattr(table, field) for field in fields}
    shown = table.model_dump(mode="json")  # a SecretStr is stars there
    if name:
        print_line()
        print_line((f"[{name}]", "bold"))
    for field, value in values.items():
        if not isinstance(value, BaseModel):
            print_line(
                f"{field} = {visible(json.dumps(shown[field], ensure_ascii=False))}",
                (f"  # {fields[field].description}", "dim"),
            )
    for field, value in values.items():
        if isinstance(value, BaseModel):
            _print_table(value, f"{name}.{field}" if name else field)
