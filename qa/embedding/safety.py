"""A model that could run code is refused: what a model's folder may hold, and what of it a loader gets to see.

Pickled weights run code when they are loaded, and a model's configuration can name code of its own to be imported. Both
are looked for before anything is imported, and then the loader is given a folder with the harmless files alone.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from qa.errors import ModelError

HARMLESS = {".safetensors", ".json", ".txt", ".model"}
"""Weights that are numbers alone, and the texts beside them. Nothing else of a model's folder is ever opened."""

PICKLED = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib"}

_CONVERTED = {"onnx", "openvino"}
"""Folders in which hub models carry themselves in other forms, which are not used here."""

_MODULE = re.compile(
    r"sentence_transformers(\.[a-z_]+)*\."
    r"(Transformer|Pooling|Normalize|Dense|Dropout|LayerNorm|StaticEmbedding|WeightedLayerPooling|CNN|LSTM)"
)
"""The kinds of modules that a model may be made of. Any other dotted name would be imported, and then called."""

_DATA = {"tokenizer.json", "vocab.json"}
"""Large files of the tokenizer, which name no code."""


def parts(folder: Path) -> list[Path]:
    """The files that make a model what it is, in order: what is hashed, and all that a loader gets to see."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and _matters(path.relative_to(folder)))


def check(folder: Path) -> None:
    """Raise ModelError for a model that could run code when it is loaded; nothing of it is imported or unpickled."""
    pickled = [path for path in sorted(folder.rglob("*")) if path.suffix in PICKLED and _used(path.relative_to(folder))]
    for path in pickled:
        if not any(path.parent.glob("*.safetensors")):  # which would be taken before it
            raise ModelError(
                f"{path} is a kind of weights that can run code when loaded and is refused; only .safetensors weights "
                "are loaded: take a model that has them, or convert it"
            )
    if not any(path.suffix == ".safetensors" for path in parts(folder)):
        raise ModelError(f"{folder} has no .safetensors weights; other kinds can run code when loaded and are refused")
    for module in _modules(folder):
        if not _MODULE.fullmatch(module):
            raise ModelError(
                f"{folder / 'modules.json'} names the module {module!r}, which is not one of sentence-transformers' "
                "own that Quoth knows; a model with code of its own is refused: take another"
            )
    for path in parts(folder):
        if path.suffix == ".json" and path.name not in _DATA and (key := _names_code(_json(path))):
            raise ModelError(
                f"{path} asks for code of its own ({key}); a model that runs code is refused: take another"
            )


@contextmanager
def harmless(folder: Path) -> Iterator[Path]:
    """A folder, for as long as the model is being loaded, that holds the harmless files of the checked model alone.

    So whatever a loader prefers or falls back to, pickles and programs are not there for it. Raises ModelError.
    """
    check(folder)
    with tempfile.TemporaryDirectory(prefix="quoth-model-") as name:
        for path in parts(folder):
            shown = Path(name, path.relative_to(folder))
            shown.parent.mkdir(parents=True, exist_ok=True)
            try:
                shown.symlink_to(path.resolve())
            except OSError:  # not every system lets everybody make links
                shutil.copyfile(path, shown)
        yield Path(name)


def _matters(path: Path) -> bool:
    """Whether a file of the model's folder has a part in what its vectors are."""
    hidden = any(part.startswith(".") for part in path.parts)
    return path.suffix in HARMLESS and not hidden and path.parts[0] != "onnx"


def _used(path: Path) -> bool:
    return path.parts[0] not in _CONVERTED and not any(part.startswith(".") for part in path.parts)


def _modules(folder: Path) -> list[str]:
    """The dotted names of the classes that the model is made of."""
    listed = _json(folder / "modules.json")
    if not isinstance(listed, list) or not all(isinstance(module, dict) for module in listed):
        raise ModelError(f"{folder / 'modules.json'} is no list of modules; fetch or copy the model anew")
    return [str(module.get("type")) for module in listed]


def _json(path: Path) -> Any:
    """What the file says; None for what is no JSON, which no loader can take anything from either."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def _names_code(found: Any) -> str | None:
    """The first key, at any depth, that would make a loader fetch or run code."""
    waiting = [found]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for key, inner in value.items():
                if key in ("auto_map", "trust_remote_code", "custom_pipelines") and inner:
                    return str(key)
                if "attn_implementation" in key and "/" in str(inner):  # a kernel from the hub
                    return str(key)
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return None
