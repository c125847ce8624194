"""Quoth in LangChain's terms: a library as a retriever, the embedding model as Embeddings."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from qa.embedding import Embedder
from qa.library import Library
from qa.settings import EmbeddingSettings, load
from qa.types import Passage


class LibraryRetriever(BaseRetriever):
    """Passages of a library as LangChain documents, best first.

    Each document's metadata has source, page, heading, line, start, end, score, similarity and sha256.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    k: int = Field(default=5, ge=1)
    where: Any = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 (LangChain passes it by name)
        k: int | None = None,
    ) -> list[Document]:
        found = self.library.search(query, k=self.k if k is None else k, where=self.where)
        return [_document(passage) for passage in found]


class LocalEmbeddings(Embeddings):
    """The embedding model of the settings as LangChain Embeddings; vectors have length one."""

    def __init__(self, settings: EmbeddingSettings | None = None) -> None:
        """Load the model, compiling it first where that has not been done. Raises ModelError."""
        self._embedder = Embedder(settings or load().embedding)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of texts that will be searched."""
        vectors: list[list[float]] = self._embedder.embed_documents(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        vector: list[float] = self._embedder.embed_query(text).tolist()
        return vector


def _document(passage: Passage) -> Document:
    metadata = passage.to_dict()
    return Document(page_content=metadata.pop("text"), metadata=metadata)
