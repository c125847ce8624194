"""LangChain's own test suites for retrievers and embeddings."""

from __future__ import annotations

from pathlib import Path

import pytest
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import EmbeddingsIntegrationTests, RetrieversIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests

from qa import Library
from qa.langchain import LibraryRetriever, LocalEmbeddings


class TestRetriever(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _library(self, sample_library: Path) -> None:
        TestRetriever.library = Library(sample_library)

    library: Library

    @property
    def retriever_constructor(self) -> type[LibraryRetriever]:
        return LibraryRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, object]:
        return {"library": self.library}

    @property
    def retriever_query_example(self) -> str:
        return "Where was the second summit?"


class TestEmbeddings(EmbeddingsIntegrationTests):
    @property
    def embeddings_class(self) -> type[Embeddings]:
        return LocalEmbeddings


class TestEmbeddingsAsUnit(EmbeddingsUnitTests):
    @property
    def embeddings_class(self) -> type[Embeddings]:
        return LocalEmbeddings


def test_a_library_gives_its_retriever(sample_library: Path) -> None:
    with Library(sample_library) as library:
        retriever = library.as_retriever(k=2, where="*.md")
        assert isinstance(retriever, BaseRetriever)
        documents = retriever.invoke("Where was the second summit?")
        assert len(documents) == 2
        for document in documents:
            metadata = document.metadata
            text = library.text(metadata["source"])
            assert text[metadata["start"] : metadata["end"]] == document.page_content
            assert metadata["source"].endswith(".md")
