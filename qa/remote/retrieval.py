"""Searching a library on a Chroma server: its nearest chunks come from there, all else is as it is locally."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa.embedding import Embedder
from qa.remote.reading import ServerCatalog
from qa.retrieval import Retriever
from qa.settings import RetrievalSettings

if TYPE_CHECKING:
    from qa.embedding.session import Vectors


class ServerRetriever(Retriever):
    """Searches one library on a server; may be used from several threads."""

    def __init__(self, catalog: ServerCatalog, embedder: Embedder, settings: RetrievalSettings) -> None:
        super().__init__(catalog, embedder, settings)
        self._server = catalog

    def _nearest(self, vector: Vectors, wanted: int, documents: set[int] | None) -> dict[int, float]:
        return self._server.nearest(vector, wanted, documents)
