"""The system's clipboard, beside the terminal's own way (OSC 52).

The system's own programs are called here and not by pyperclip, which waits for them without an end: an xclip whose
screen is at the other end of a broken connection would hold up the chat.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

WAIT = 1.0
"""Seconds that a clipboard program may take."""


def copy(text: str) -> tuple[bool, str]:
    """Put the text on the system's clipboard: whether it worked, and what to tell the user.

    The terminal has been sent the text already; whether it took it cannot be known.
    """
    failed = _copy(text)
    if failed is None:
        return True, f"Copied ({len(text):,} character{'s' * (len(text) != 1)})."
    return False, f"Sent to the terminal (OSC 52); the system clipboard failed: {failed}."


def _copy(text: str) -> str | None:
    """Why no program could be given the text; None when one took it."""
    commands, missing = _commands()
    found = [command for command in commands if shutil.which(command[0])]
    if not found:
        return missing
    failed = ""
    for command in found:
        encoding = "utf-16" if command[0] == "clip.exe" else "utf-8"
        try:
            # In a session of its own: xclip and wl-copy stay to serve the text, and outlive the terminal
            subprocess.run(
                command,
                input=text.encode(encoding, "replace"),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=WAIT,
                check=True,
                start_new_session=True,
            )
            return None
        except subprocess.TimeoutExpired:
            return f"{command[0]} does not answer"  # nor would the next: they speak to the same screen
        except subprocess.CalledProcessError as error:
            failed = f"{command[0]} ended with {error.returncode}"
        except OSError as error:
            failed = f"{command[0]}: {error.strerror}"
    return failed


def _commands() -> tuple[list[list[str]], str]:
    """What can be tried here, and what to say when nothing of it is installed."""
    if sys.platform == "darwin":
        return [["pbcopy"]], "no pbcopy"
    if sys.platform == "win32":
        return [["clip.exe"]], "no clip.exe"
    commands = [["wl-copy"]] if os.environ.get("WAYLAND_DISPLAY") else []
    if os.environ.get("DISPLAY"):
        commands += [["xclip", "-selection", "clipboard"], ["xsel", "--input", "--clipboard"]]
    if "WSL_DISTRO_NAME" in os.environ:
        commands.append(["clip.exe"])
    return commands, "no wl-copy, xclip or xsel" if commands else "there is none here"
