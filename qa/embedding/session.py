"""A compiled model at work: token ids in, unit vectors out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class OnnxSession:
    """Runs model.onnx of a compiled model's folder; may be used from several threads."""

    def __init__(self, folder: Path, manifest: dict[str, Any], threads: int) -> None:
        import onnxruntime

        onnxruntime.disable_telemetry_events()  # in programs that have not set ORT_DISABLE_TELEMETRY
        options = onnxruntime.SessionOptions()
        # One thread a text and several texts at once: measured 145 chunks a second, against 129 with the threads
        # inside each text and 115 in padded batches of 8 (two cores, 151 tokens a chunk, int8).
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._inputs: list[str] = manifest["inputs"]
        self._threads = threads or _cores()

    def encode(self, encodings: Sequence[Any]) -> Vectors:
        """Unit vectors of encoded texts: shape (texts, dimension)."""
        if len(encodings) == 1 or self._threads == 1:
            return np.stack([self.encode_tokens(encoding)[0] for encoding in encodings])
        with ThreadPoolExecutor(self._threads) as pool:
            return np.stack(list(pool.map(lambda encoding: self.encode_tokens(encoding)[0], encodings)))

    def encode_tokens(self, encoding: Any) -> tuple[Vectors, Vectors]:
        """The unit vector of a text, and the vectors of its tokens: shapes (dimension), (tokens, dimension)."""
        # Never a batch: int8 activations share a scale over the batch, so that a text's vector would depend on its
        # neighbours (cosine down to 0.984); alone it is always the same.
        row = np.asarray([encoding.ids], dtype=np.int64)
        given = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
        pooled, tokens = self._session.run(None, {name: given[name] for name in self._inputs})
        return unit(pooled[0]), tokens[0]


def unit(vectors: Vectors) -> Vectors:
    """The same directions with length one, in float32; a zero vector stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), dtype=np.float32)


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)  # Linux alone has it
    return len(affinity(0)) if affinity else os.cpu_count() or 1
