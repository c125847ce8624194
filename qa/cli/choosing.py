"""`quoth config model`: which chat model writes the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli.config import config
from qa.cli.options import JsonOption, LibraryOption
from qa.cli.output import print_json, print_line, print_notice
from qa.display import short_path, visible

if TYPE_CHECKING:
    from qa.chat_models.naming import ModelName
    from qa.settings import AnswerSettings

app = typer.Typer(help="Show the settings, or set the chat model.", invoke_without_command=True, add_completion=False)


@app.callback()
def settings(context: typer.Context, library: LibraryOption = None, as_json: JsonOption = False) -> int:
    """Show the settings in force, written as in quoth.toml, and where Quoth keeps its files."""
    return config(library, as_json) if context.invoked_subcommand is None else 0


@app.command()
def model(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help='PROVIDER:MODEL such as ollama:llama3.2, the URL of a server, or "quotes" for none.',
            show_default=False,
        ),
    ] = None,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Set the chat model that writes the answers, or show it; nothing is sent to it."""
    from qa import settings as settings_module
    from qa import settings_file

    file, folder = settings_module.config_file(), None
    if library is not None:
        from qa.cli.opening import open_library

        with open_library(library) as opened:
            folder = opened.folder
        file = folder / settings_module.FILE
    answer = settings_module.load(folder).answer
    if name is None:
        if as_json:
            print_json({"model": answer.model})
        else:
            print_line(visible(answer.model, one_line=True))
        return 0
    said = _effect(name, answer)
    settings_file.write(file, "answer", "model", name)
    if as_json:
        print_json({"model": name, "file": str(file)})
    else:
        print_line(f'{said} (set in {short_path(str(file))}). Try: quoth ask "..."')
    effective = settings_module.load(folder).answer.model
    if effective != name:
        shown = visible(effective, one_line=True)
        print_notice((f"But QUOTH_ANSWER__MODEL is set to {shown}, and goes before the file.", "yellow"))
    return 0


def _effect(name: str, answer: AnswerSettings) -> str:
    """What changes with this model, for a person. Raises InputError, ModelError where it could not be asked."""
    from qa.questions import QUOTES

    if name == QUOTES:
        return "Answers are quotes again, without a chat model"
    from qa.chat_models import check

    found: ModelName = check(name, answer.model_copy(update={"model": name}))
    where = visible(found.where, one_line=True)
    key = ", with answer.api_key" if answer.api_key else ""
    return (
        f"Answers are written by {visible(found.whole, one_line=True)}: questions, their passages and the conversation "
        f"go to {where}{key}"
    )
