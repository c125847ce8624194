"""Reading with the function of another package. Runs in the child process."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from qa.errors import ReadError
from qa.reading.blocks import Blocks, Extract


def read_with(function: str, kind: str, data: bytes, limit: int) -> Extract:
    """What a package's reader ("module:function", a `qa.readers.Read`) takes out of a file of this kind.

    Raises MemoryError, and ReadError for all that the package raises, so that no fault of it is taken for the file's.
    """
    read = _loaded(function)
    blocks = Blocks(kind, limit)
    try:
        made = read(data, blocks)
    except (ReadError, MemoryError):
        raise
    except (Exception, SystemExit) as error:
        raise ReadError(f"its reader failed, with {type(error).__name__}: the file is damaged, or the reader") from None
    if made is not None:
        raise ReadError(f"its reader returned a {type(made).__name__} instead of filling the blocks")
    return blocks.extract()


def _loaded(function: str) -> Any:
    module, _, path = function.partition(":")
    try:
        found: Any = import_module(module)
        for name in path.split("."):
            found = getattr(found, name)
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:  # a package raises what it likes while it is imported
        reason = f"{type(error).__name__}: {error}"[:200]
        raise ReadError(f"its reader cannot be loaded ({reason}): install it again, or remove it") from None
    if not callable(found):
        raise ReadError(f"its reader {function} is no function: install it again, or remove it")
    return found
