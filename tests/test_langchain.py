"""LangChain's own test suites for retrievers, embeddings and tools; answers as a Runnable; and the page about it."""

from __future__ import annotations

import asyncio
import re
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from langchain_core.embeddings import Embeddings
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool
from langchain_tests.integration_tests import (
    EmbeddingsIntegrationTests,
    RetrieversIntegrationTests,
    ToolsIntegrationTests,
)
from langchain_tests.unit_tests import EmbeddingsUnitTests, ToolsUnitTests

from qa import Answer, InputError, Library
from qa.langchain import LibraryRetriever, LocalEmbeddings
from tests.answering.scripted import Scripted
from tests.conftest import CORPUS, ROOT

ASKED = "When did Otto Warmbier die?"


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


class _Tool:
    library: Library

    @pytest.fixture(autouse=True)
    def _library(self, sample_library: Path) -> None:
        type(self).library = Library(sample_library)

    @property
    def tool_constructor(self) -> BaseTool:
        return self.library.as_tool()

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return {"question": ASKED}


class TestToolAsUnit(_Tool, ToolsUnitTests):
    pass


class TestTool(_Tool, ToolsIntegrationTests):
    pass


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


@pytest.mark.parametrize(
    "asked",
    [
        ASKED,
        {"question": ASKED},
        HumanMessage(ASKED),
        [("user", ASKED)],
        {"messages": [HumanMessage([{"type": "text", "text": ASKED}])]},
        ChatPromptTemplate([("user", "When did {who} die?")]).invoke({"who": "Otto Warmbier"}),
    ],
    ids=["text", "dict", "message", "messages", "state", "prompt"],
)
def test_a_runnable_takes_a_question_in_every_shape(asked: Any, sample_library: Path) -> None:
    with Library(sample_library) as library:
        answer = library.as_runnable().invoke(asked)
        assert isinstance(answer, Answer)
        assert answer.question == ASKED
        assert answer.text == library.ask(ASKED).text
        for citation in answer.citations:
            assert library.text(citation.source)[citation.start : citation.end] == citation.quote


async def test_a_runnable_answers_in_all_its_ways(sample_library: Path) -> None:
    with Library(sample_library) as library:
        answers = library.as_runnable()
        one, none = answers.batch([ASKED, "What is the boiling point of tungsten?"])
        assert (one.status, none.status) == ("answered", "not_found")
        assert [answer.text for answer in answers.stream(ASKED)] == [one.text]
        assert (await answers.ainvoke({"question": ASKED})).text == one.text
        assert [answer.text async for answer in answers.astream(ASKED)] == [one.text]
        history = [HumanMessage("Who was Otto Warmbier?"), AIMessage("A student."), HumanMessage("When did he die?")]
        followed = answers.invoke(history)
        assert "died six days later" in followed.text
        assert followed.standalone_question != followed.question
        chained = ChatPromptTemplate([("user", "{question}")]) | answers.bind(where="*.md") | (lambda made: made.where)
        assert chained.invoke({"question": ASKED}) == ("*.md",)
        assert answers.invoke(ASKED, explain=True).explanation is not None
        assert "citations" in str(answers.get_output_schema().model_json_schema())


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("", "the question is empty"),
        ({"query": "Who?"}, "not with ['query']"),
        ({"question": "Who?", "k": 3}, "not with ['k', 'question']"),
        ([], "ends with a message of the user"),
        ([("user", "Who?"), ("assistant", "He.")], "ends with a message of the user"),
        ([{"role": "user"}], "this is no message"),
        (7, "not int"),
    ],
)
def test_what_is_no_question_is_one_line(asked: Any, reason: str, sample_library: Path) -> None:
    with Library(sample_library) as library, pytest.raises(InputError, match=re.escape(reason)) as raised:
        library.as_runnable().invoke(asked)
    assert "\n" not in str(raised.value)


async def test_cancelling_a_runnable_gives_up_at_the_model(sample_library: Path) -> None:
    begun = threading.Event()

    def slow(_asked: str) -> str:
        begun.set()
        return "word " * 100_000

    model = Scripted(replies=[slow])
    with Library(sample_library) as library:
        task = asyncio.create_task(library.as_runnable(model=model).ainvoke(ASKED))
        assert await asyncio.to_thread(begun.wait, 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        while not model.closed:
            await asyncio.sleep(0.01)
    assert model.sent < 100_000


def test_a_tool_gives_the_model_text_and_the_program_the_answer(sample_library: Path, tmp_path: Path) -> None:
    call = {"type": "tool_call", "id": "1", "name": "ask_documents", "args": {"question": ASKED}}
    with Library(sample_library) as library:
        message = library.as_tool(where="*.html").invoke(call)
        assert isinstance(message, ToolMessage)
        answer = Answer.from_dict(message.artifact)
        assert message.content == str(answer)
        assert answer.where == ("*.html",)
        assert answer.citations[0].source in message.content
        nothing = library.as_tool(where="*.md").invoke(call)
        assert Answer.from_dict(nothing.artifact).status == "not_found"
        with pytest.raises(ValueError, match="Extra inputs are not permitted"):
            library.as_tool().invoke({"question": ASKED, "where": "/"})
    with Library(tmp_path / "none") as library:
        message = library.as_tool().invoke(call)
        assert message.status == "error"
        assert "holds no documents yet" in message.content


def test_the_page_does_what_it_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sample_library: Path
) -> None:
    shutil.copytree(CORPUS, tmp_path / "corpus")
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs/langchain.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    for block in re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        exec(compile(block, "docs/langchain.md", "exec"), names)  # noqa: S102 (our own file)
    printed = capsys.readouterr()
    assert "not_found" in printed.out
    assert printed.out.count("died six days later in Ohio") >= 4
    kept = Answer.from_dict(names["found"].artifact)  # through a checkpointer
    assert [citation.verified for citation in kept.citations] == [True]
    assert printed.err == ""
