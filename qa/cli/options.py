"""The options that commands share."""

from __future__ import annotations

from typing import Annotated, Any

import typer


def _inherited(context: typer.Context, parameter: typer.CallbackParam, value: Any) -> Any:
    """The option of this command, or else the same one given before the command's name."""
    if not value and context.parent is not None:
        return context.parent.params.get(str(parameter.name), value)
    return value


def _names(incomplete: str) -> list[str]:
    """Libraries whose name begins so, for shell completion; the shell prints them, so none that acts on a terminal."""
    from qa.display import visible
    from qa.places import libraries

    names = [folder.name for folder in libraries()]
    return [name for name in names if name.startswith(incomplete) and visible(name, one_line=True) == name]


LibraryOption = Annotated[
    str | None,
    typer.Option(
        "--library",
        "-l",
        metavar="NAME|PATH",
        help="The library to use: a name, or a folder (./news).",
        show_default="the setting library",
        callback=_inherited,
        autocompletion=_names,
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object and nothing else.", callback=_inherited)
]
WhereOption = Annotated[
    str | None,
    typer.Option("--where", metavar="SOURCE|GLOB", help="Only these documents: a file, or a pattern such as '*.pdf'."),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="NAME",
        help='What writes the answer: PROVIDER:MODEL such as ollama:llama3.2, a server\'s URL, or "quotes" for none.',
        show_default="the setting answer.model",
    ),
]
WebOption = Annotated[
    bool, typer.Option("--web", help="Open the chat in a browser on this machine, at an address that is printed.")
]
PortOption = Annotated[
    int | None,
    typer.Option(
        "--port", metavar="NUMBER", min=1, max=65535, help="Where --web listens.", show_default="8117, or a free one"
    ),
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
PathsArgument = Annotated[list[str], typer.Argument(metavar="PATH", help="Files and folders.", show_default=False)]
OptionalPathsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="PATH", help="Files and folders.", show_default=False)
]
QuestionArgument = Annotated[
    str, typer.Argument(metavar="QUESTION", help="In quotes; after -- if it begins with a dash.", show_default=False)
]
