"""`quoth libraries`: the named libraries, and taking one away."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from qa.cli.options import JsonOption, YesOption
from qa.cli.output import print_json, print_line, print_notice
from qa.display import count, visible
from qa.errors import InputError, QuothError

app = typer.Typer(help="List the libraries, or delete one.", invoke_without_command=True, add_completion=False)


@app.callback()
def libraries(context: typer.Context, as_json: JsonOption = False) -> int:
    """List the libraries, or delete one."""
    if context.invoked_subcommand is not None:
        return 0
    from qa.places import libraries as folders

    found = [_described(folder) for folder in folders()]
    if as_json:
        print_json({"libraries": found})
        return 0
    for library in found:
        facts = library["error"] or count(library["documents"], "document")
        print_line(visible(library["name"], one_line=True), (f"  {visible(facts, one_line=True)}", "dim"))
    if not found:
        print_notice("There are no libraries yet; quoth add FOLDER makes one.")
    return 0


@app.command()
def delete(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> int:
    """Delete a library with all that was read into it, and its conversations; the documents themselves stay."""
    from qa.library import Library
    from qa.places import delete as delete_library

    with Library(name, create=False) as library:  # raises where there is none
        folder = library.folder
    if not yes:
        if as_json or not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise InputError("deleting a library has to be confirmed; add --yes")
        print_notice(f"Delete the library {visible(name, one_line=True)} in {visible(str(folder), one_line=True)}?")
        print_notice("Its conversations go with it; the documents themselves stay. Type yes to delete it.")
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            print_notice("Nothing was deleted.")
            return 1
    delete_library(name)
    if as_json:
        print_json({"deleted": name})
    else:
        print_line(f"Deleted the library {visible(name, one_line=True)}.")
    return 0


def _described(folder: Path) -> dict[str, Any]:
    """What a listing says of a library; one that cannot be opened is listed too, with the reason."""
    from qa.library import Library

    documents, error = None, None
    try:
        with Library(folder, create=False) as library:
            documents = len(library.sources())
    except QuothError as problem:
        error = str(problem)
    return {"name": folder.name, "folder": str(folder), "documents": documents, "error": error}
