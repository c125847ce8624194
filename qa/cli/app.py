"""The list of commands."""

from __future__ import annotations

from typing import Annotated

import typer

from qa.cli import asking, chat, choosing, config, documents, evaluating, health, libraries
from qa.cli.options import JsonOption, LibraryOption
from qa.cli.output import print_json
from qa.cli.running import Commands

app = typer.Typer(
    cls=Commands,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 answered or done, 1 error, 2 usage, 3 not found in the documents, 4 some files left out.",
)


@app.callback()
def quoth(
    context: typer.Context,
    library: LibraryOption = None,
    as_json: JsonOption = False,
    debug_content: Annotated[
        bool,
        typer.Option("--debug-content", help="Let the log hold questions, text of documents and the words of errors."),
    ] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> int:
    """Ask your own documents, and get answers that quote them. Without a command: the chat.

    Begin with: quoth add FOLDER, then: quoth ask "a question"
    """
    from qa import __version__, logs

    if debug_content:
        logs.keep_content()
    logs.log.info("quoth %s, command %s", __version__, context.invoked_subcommand or "chat")
    if version:
        if as_json:
            print_json({"version": __version__})
        else:
            typer.echo(f"quoth {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        return chat.chat(paths=None, library=library, as_json=as_json)
    return 0


app.command()(chat.chat)
app.command()(documents.add)
app.command()(documents.update)
app.command()(asking.ask)
app.command()(asking.search)
app.command("eval")(evaluating.evaluate)
app.command()(documents.sources)
app.command()(documents.show)
app.command()(documents.remove)
app.command()(documents.rebuild)
app.command()(health.doctor)
app.add_typer(libraries.app, name="libraries")
app.add_typer(choosing.app, name="config")
app.add_typer(config.model, name="model")
