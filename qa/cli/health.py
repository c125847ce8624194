"""`quoth doctor`: whether a library is sound, and what mends it where it is not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli.options import JsonOption, LibraryOption
from qa.cli.output import DAMAGED, LOCKED, NO_LIBRARY, print_error, print_json, print_line, print_notice
from qa.cli.progress import progress_bar
from qa.display import count, visible
from qa.errors import LibraryLocked, LibraryNotFound, SettingsError

if TYPE_CHECKING:
    from qa.doctor import Finding


def doctor(
    deep: Annotated[
        bool, typer.Option("--deep", help="Look at every document, vector, word and file instead of a sample.")
    ] = False,
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> int:
    """Examine the library, and name the command that mends what is wrong. Nothing is changed.

    Exit codes: 0 sound (warnings are no damage), 1 error, 10 no library, 11 another process writes to it, 12 damaged.
    """
    from qa.doctor import examine

    try:
        with progress_bar() as progress:
            health = examine(_folder(library), deep=deep, progress=progress)
    except LibraryNotFound as error:
        print_error(str(error), type(error).__name__, as_json)
        return NO_LIBRARY
    except LibraryLocked as error:
        print_error(str(error), type(error).__name__, as_json)
        return LOCKED
    if as_json:
        print_json(health.to_dict())
    else:
        for finding in health.findings:
            _print(finding)
        facts = f"{count(health.documents, 'document')}, {count(health.chunks, 'chunk')}"
        state = "sound" if health.sound else "damaged"
        print_line(
            (state, "bold green" if health.sound else "bold red"), f": {facts}", (_how(deep, health.seconds), "dim")
        )
        if health.sound and not deep and sys.stderr.isatty():
            print_notice(("quoth doctor --deep looks at every document, vector and file", "dim"))
    return 0 if health.sound else DAMAGED


def _folder(library: str | None) -> Path:
    """The folder that is meant, even where the settings, which are examined too, cannot be read."""
    from qa import settings
    from qa.places import folder_of

    try:
        return folder_of(library or settings.load().library)
    except SettingsError:
        return folder_of(settings.Settings.model_fields["library"].default)


def _print(finding: Finding) -> None:
    style = "red" if finding.severity == "damage" else "yellow"
    print_line(
        (f"{finding.severity} ", style),
        f"({finding.check}): ",
        visible(finding.what.rstrip("."), one_line=True),
        ". To mend it: ",
        (visible(finding.mend, one_line=True), "bold"),
    )


def _how(deep: bool, seconds: float) -> str:
    return f"  ({'deep' if deep else 'quick'} check, {seconds:.1f} s)"
