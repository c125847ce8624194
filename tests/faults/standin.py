"""An embedder that costs nothing, for tests in which hundreds of processes die: they are not about the model."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from qa.embedding.session import Vectors

DIMENSION = 32


class StandIn:
    """As qa.embedding.Embedder: vectors of length one, the sum of one direction for each word of the text."""

    name = fingerprint = "stand-in"
    dimension, max_tokens, room = DIMENSION, 256, 250
    notice = None

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts: shape (len(texts), dimension)."""
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> Vectors:
        """The vector of one text: shape (dimension,)."""
        total = np.zeros(DIMENSION, np.float32)
        for word in re.findall(r"\w+", text.lower()):
            seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest())
            total += np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
        return total / np.linalg.norm(total)

    def token_spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Where each word stands."""
        return [[match.span() for match in re.finditer(r"\w+|[^\w\s]", text)] for text in texts]
