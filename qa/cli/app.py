"""The list of commands."""

from __future__ import annotations

import importlib
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from qa.cli.options import JsonOption, LibraryOption
from qa.cli.output import print_json
from qa.cli.running import Interrupted, Misused, ReaderGone

COMMANDS = {
    "chat": "qa.cli.chat:chat",
    "add": "qa.cli.documents:add",
    "update": "qa.cli.documents:update",
    "watch": "qa.cli.watching:watch",
    "ask": "qa.cli.asking:ask",
    "search": "qa.cli.asking:search",
    "eval": "qa.cli.evaluating:evaluate",
    "sources": "qa.cli.documents:sources",
    "show": "qa.cli.documents:show",
    "remove": "qa.cli.documents:remove",
    "rebuild": "qa.cli.documents:rebuild",
    "doctor": "qa.cli.health:doctor",
    "libraries": "qa.cli.libraries:app",
    "config": "qa.cli.choosing:app",
    "model": "qa.cli.config:model",
    "mcp": "qa.cli.mcp:mcp",
}
"""In the order of the help: name -> module:function, or module:group."""


class Commands(TyperGroup):
    """All commands, each of which is loaded and made when it is asked for: all take longer than a chat to start."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands: dict[str, Any] = dict.fromkeys(COMMANDS)  # their names, for suggestions

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name; None where there is none."""
        if cmd_name in COMMANDS and self.commands[cmd_name] is None:
            self.commands[cmd_name] = _made(cmd_name)
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was named; what it returns is the exit code."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted from None
        except BrokenPipeError:
            raise ReaderGone from None


def _made(name: str) -> Any:
    module, _, attribute = COMMANDS[name].partition(":")
    group = function = getattr(importlib.import_module(module), attribute)
    if not isinstance(group, typer.Typer):
        group = typer.Typer(add_completion=False)
        group.command(name)(function)
    command = typer.main.get_command(group)
    command.name = name
    return command


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
        from qa.cli.chat import chat

        return chat(paths=None, library=library, as_json=as_json)
    return 0


def invoke(arguments: list[str]) -> int:
    """Run the command line and return its exit code. Raises Misused, and whatever its command raises."""
    try:
        code = typer.main.get_command(app)(arguments, prog_name="quoth", standalone_mode=False)
    except SystemExit as done:  # shell completion, and a reader gone that rich saw first
        code = done.code
    except typer.TyperException as error:
        raise Misused(_usage(error) if error.format_message() else "", error.exit_code) from error
    except typer.Abort:
        raise EOFError from None
    return code if isinstance(code, int) else 0


def _usage(error: typer.TyperException) -> str:
    """What is wrong with the command line, and which help says how it is written."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "quoth"
    return f"{' '.join(error.format_message().split()).removesuffix('.')}. Try: {path} --help"
