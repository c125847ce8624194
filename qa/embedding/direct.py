"""A model that cannot be compiled, run by sentence-transformers itself: slower, and torch stays in the process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from qa.embedding.safety import harmless
from qa.embedding.session import Vectors, unit


class DirectSession:
    """The same calls as OnnxSession, on the original model."""

    def __init__(self, folder: Path) -> None:
        import torch
        from sentence_transformers import SentenceTransformer

        self._torch = torch
        with harmless(folder) as safe:
            self._model = SentenceTransformer(str(safe), device="cpu", local_files_only=True, trust_remote_code=False)

    def encode(self, encodings: Sequence[Any]) -> Vectors:
        """Unit vectors of encoded texts: shape (texts, dimension)."""
        return np.stack([self.encode_tokens(encoding)[0] for encoding in encodings])

    def encode_tokens(self, encoding: Any) -> tuple[Vectors, Vectors]:
        """The unit vector of a text, and the vectors of its tokens: shapes (dimension), (tokens, dimension)."""
        ids = self._torch.tensor([encoding.ids])
        with self._torch.no_grad():
            features = self._model({"input_ids": ids, "attention_mask": self._torch.ones_like(ids)})
        pooled: Vectors = features["sentence_embedding"][0].numpy()
        return unit(pooled), features["token_embeddings"][0].numpy()
