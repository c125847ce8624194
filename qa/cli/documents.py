"""What a library holds: `quoth add`, `update`, `sources`, `show`, `remove` and `rebuild`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from qa.cli.opening import given_where, open_library
from qa.cli.options import JsonOption, LibraryOption, PathsArgument, WhereOption
from qa.cli.output import print_json, print_line, print_notice, print_report
from qa.cli.progress import progress_bar, run_visibly
from qa.display import count, short_path, visible
from qa.errors import InputError
from qa.types import Engine


def add(
    paths: PathsArgument,
    engine: Annotated[
        Engine,
        typer.Option(
            "--engine", help="ray: read and embed on the Ray cluster at RAY_ADDRESS, or on this machine's own."
        ),
    ] = "local",
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Read files and folders into the library: what is new or changed; what is gone is forgotten.

    Ctrl-C keeps what was finished; the same command goes on from there.
    """
    with open_library(library, create=True) as opened:
        report = run_visibly(
            lambda progress, cancel: opened.add(paths, progress=progress, cancel=cancel, engine=engine)
        )
    return print_report(report, "nothing to add", as_json)


def update(library: LibraryOption = None, as_json: JsonOption = False) -> int:
    """Look again at everything that was added before."""
    with open_library(library) as opened:
        report = run_visibly(lambda progress, cancel: opened.update(progress=progress, cancel=cancel))
    return print_report(report, "nothing to update", as_json)


def sources(library: LibraryOption = None, where: WhereOption = None, as_json: JsonOption = False) -> int:
    """List the documents of the library; a pipe gets their paths only, one to a line."""
    with open_library(library) as opened:
        found = opened.sources(given_where(where))
        name = opened.name
    if as_json:
        print_json({"library": name, "sources": [source.to_dict() for source in found]})
        return 0
    for source in found:
        facts = f"  {source.kind}, {count(source.chunks, 'chunk')}, {count(source.characters, 'character')}"
        print_line(short_path(source.source), *([(facts, "dim")] if sys.stdout.isatty() else []))
    print_notice((f"{count(len(found), 'document')} in the library {visible(name, one_line=True)}", "dim"))
    return 0


def show(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A document of the library.", show_default=False)],
    start: Annotated[int, typer.Option("--start", min=0, metavar="N", help="The first character.")] = 0,
    end: Annotated[
        int | None, typer.Option("--end", min=0, metavar="N", help="The character after the last.", show_default="all")
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Print a document's text as it was read, or the characters that a citation points at.

    A pipe or file gets exactly that text. A terminal gets it with what it would obey made visible.
    """
    with open_library(library) as opened:
        document = opened.document(source)
    text = document.text
    end = len(text) if end is None else min(end, len(text))
    if start > end:
        raise InputError(f"--start {start} is behind --end {end}; the document has {count(len(text), 'character')}")
    if as_json:
        print_json({"source": document.source, "start": start, "end": end, "text": text[start:end]})
    elif sys.stdout.isatty():
        sys.stdout.write(visible(text[start:end]).removesuffix("\n") + "\n")
    else:
        sys.stdout.write(text[start:end])
    return 0


def remove(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE", help="Documents, or folders of them.", show_default=False)
    ],
    quotes: Annotated[
        bool,
        typer.Option(
            "--quotes", help="Also take what answers quote of them out of the conversations, now or after they went."
        ),
    ] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Take documents out of the library; the files stay where they are."""
    with open_library(library) as opened, progress_bar() as progress:
        report = opened.remove(sources, quotes=quotes, progress=progress)
    return print_report(report, "removed from conversations", as_json)


def rebuild(
    embed: Annotated[
        bool, typer.Option("--embed", help="Also embed all documents again, with the model that is set now.")
    ] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Make the indexes again out of the catalog, and mend what quoth doctor finds; no document is read again."""
    with open_library(library) as opened, progress_bar() as progress:
        report = opened.rebuild(embed=embed, progress=progress)
    return print_report(report, "rebuilt", as_json)
