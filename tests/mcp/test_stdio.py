"""`quoth mcp` as a client starts it: a real process on standard input and output, and the SDK's own client."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import TextContent

from qa import Library
from qa.mcp.server import server
from qa.mcp.tools import PAGE
from tests.conftest import Quoth

pytestmark = pytest.mark.slow

ASKED = "When did Otto Warmbier die?"
UNANSWERABLE = "What is the boiling point of tungsten?"


def started(library: Path | str) -> StdioServerParameters:
    """The server's process. It inherits hardly a variable, so what this test's home consists of is given."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("XDG_", "PYTHONPATH"))}
    arguments = ["-m", "qa", "mcp", "--library", str(library)]
    return StdioServerParameters(command=sys.executable, args=arguments, env=kept)


def said(result: Any) -> str:
    """The one text of a result."""
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


async def called(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """What a tool returned, which its text says too."""
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, said(result)
    found: dict[str, Any] = result.structured_content
    assert json.loads(said(result)) == found
    assert found["schema"] == 1
    return found


async def test_a_client_asks_searches_reads_and_lists(sample_library: Path) -> None:
    async with Client(started(sample_library)) as client:
        answer = await called(client, "ask", question=ASKED)
        assert answer["status"] == "answered"
        assert "died six days later in Ohio" in answer["text"]
        assert answer["citations"]
        for cited in answer["citations"]:
            place = {name: cited[name] for name in ("source", "start", "end")}
            assert (await called(client, "read_source", **place))["text"] == cited["quote"]

        nothing = await called(client, "ask", question=UNANSWERABLE)
        assert (nothing["status"], nothing["citations"]) == ("not_found", [])
        assert nothing["passages"]

        found = await called(client, "search", query="summit in Hanoi", k=2, where="*.md")
        assert [Path(one["source"]).suffix for one in found["passages"]] == [".md", ".md"]

        listed: list[str] = []
        offset: int | None = 0
        while offset is not None:
            page = await called(client, "list_sources", offset=offset, limit=4)
            assert len(page["sources"]) <= 4
            listed += [one["source"] for one in page["sources"]]
            offset = page["next_offset"]
        with Library(sample_library) as library:
            assert listed == [one.source for one in library.sources()]

        answers = await asyncio.gather(*(called(client, "ask", question=ASKED) for _ in range(6)))
        assert {one["text"] for one in answers} == {answer["text"]}


async def test_tools_say_that_they_only_read(sample_library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library(sample_library) as library:
        async with Client(server(library)) as client:
            tools = (await client.list_tools()).tools
    assert [tool.name for tool in tools] == ["ask", "search", "read_source", "list_sources"]
    for tool in tools:
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert tool.annotations.open_world_hint is False
        assert tool.input_schema["additionalProperties"] is False
        assert all(field["description"] for field in tool.input_schema["properties"].values())
    monkeypatch.setenv("QUOTH_ANSWER__MODEL", "ollama:any")
    with Library(sample_library) as library:
        async with Client(server(library)) as client:
            tools = (await client.list_tools()).tools
    assert [tool.annotations and tool.annotations.open_world_hint for tool in tools] == [True, False, False, False]


@pytest.mark.parametrize(
    ("tool", "arguments", "reason"),
    [
        ("ask", {"question": "Who?", "model": "x"}, "unknown argument 'model'; ask takes question, where"),
        ("ask", {}, "the argument 'question' is missing; ask takes question, where"),
        ("ask", {"question": " "}, "the question is empty"),
        ("ask", {"question": "a" * 10_001}, "the argument 'question' cannot be so: String should have at most 10000"),
        ("ask", {"question": 7}, "the argument 'question' cannot be so"),
        ("ask", {"question": "Who?", "where": "*.nothing"}, "*.nothing"),
        ("search", {"query": "summit", "k": 0}, "the argument 'k' cannot be so"),
        ("search", {"query": "summit", "k": 101}, "the argument 'k' cannot be so"),
        ("search", {"query": "summit", "\x1b[2J": 1}, "unknown argument '␛[2J'"),
        ("list_sources", {"limit": 0}, "the argument 'limit' cannot be so"),
        ("read_source", {"source": "/etc/passwd"}, "/etc/passwd is not in the library"),
        ("read_source", {"source": "\0"}, "is not a path"),
        ("read_source", {"source": "FIRST", "start": 10**9}, "is behind end"),
        ("read_source", {"source": "FIRST", "start": 9, "end": 3}, "start 9 is behind end 3"),
    ],
)
async def test_what_cannot_be_done_is_one_line(
    sample_library: Path, tool: str, arguments: dict[str, Any], reason: str
) -> None:
    with Library(sample_library) as library:
        if arguments.get("source") == "FIRST":
            arguments = arguments | {"source": library.sources()[0].source}
        async with Client(server(library)) as client:
            result = await client.call_tool(tool, arguments)
    assert result.is_error
    assert result.structured_content is None
    assert reason in said(result)
    assert "\n" not in said(result)


async def test_a_tool_that_there_is_not_is_an_error_of_the_protocol(sample_library: Path) -> None:
    with Library(sample_library) as library:
        async with Client(server(library)) as client:
            with pytest.raises(MCPError, match="there is no tool 'add'; there are ask, search, read_source"):
                await client.call_tool("add", {"paths": ["/"]})


async def test_a_long_document_is_read_in_parts_and_no_file_is(library: Path, tmp_path: Path) -> None:
    text = "".join(f"Line {number} of a long report about ferries.\n" for number in range(1500))
    file = tmp_path / "long.txt"
    file.write_text(text, encoding="utf-8")
    with Library(library) as opened:
        opened.add(file)
        file.write_text("something else", encoding="utf-8")  # the library has what was read
        async with Client(server(opened)) as client:
            parts = [await called(client, "read_source", source=str(file))]
            assert len(parts[0]["text"]) == PAGE
            while (start := parts[-1]["next_start"]) is not None:
                parts.append(await called(client, "read_source", source=str(file), start=start, end=10**9))
            assert max(len(part["text"]) for part in parts) == 50_000
            assert "".join(part["text"] for part in parts) == text
            file.unlink()
            assert (await called(client, "read_source", source=str(file), end=6))["text"] == "Line 0"


async def test_a_name_that_is_no_text_can_be_sent_and_read(library: Path, tmp_path: Path) -> None:
    file = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    Path(file).write_text("The café by the harbour opened in 1931.", encoding="utf-8")
    with Library(library) as opened:
        opened.add(file)
        async with Client(server(opened)) as client:
            answer = await called(client, "ask", question="When did the café by the harbour open?")
            source = answer["citations"][0]["source"]
            assert source == f"{tmp_path}/caf\\xe9.txt"
            assert "1931" in (await called(client, "read_source", source=source))["text"]
            for tool, asked in (("ask", {"question": "When did it open?"}), ("search", {"query": "café"})):
                passages = (await called(client, tool, where=source, **asked))["passages"]
                assert {one["source"] for one in passages} == {source}
            assert (await called(client, "list_sources", where=source))["total"] == 1


async def test_a_library_that_is_missing_can_be_made_while_the_server_runs(tmp_path: Path) -> None:
    """Over the real process: the next call after `quoth add` finds it."""
    folder = tmp_path / "later"
    (tmp_path / "boat.txt").write_text("The ferry was built in Bremen in 1931.", encoding="utf-8")
    async with Client(started(folder)) as client:
        for tool, arguments in (("ask", {"question": "Where was the ferry built?"}), ("list_sources", {})):
            result = await client.call_tool(tool, arguments)
            assert result.is_error
            assert f"holds no documents yet; run: quoth add FOLDER --library {folder}" in said(result)
        assert not folder.exists()
        with Library(folder) as library:
            await library.aadd(tmp_path / "boat.txt")
        assert "Bremen" in (await called(client, "ask", question="Where was the ferry built?"))["text"]


def test_nothing_but_the_protocol_is_written_and_the_end_of_input_ends_it(sample_library: Path) -> None:
    messages = [
        {
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            },
        },
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": ASKED}}},
    ]
    command = [sys.executable, "-m", "qa", "mcp", "--library", str(sample_library)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for message in messages:
            process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
            process.stdin.flush()
        answers = [json.loads(process.stdout.readline()) for _ in range(2)]
        rest, errors = process.communicate(timeout=60)
    assert [answer["id"] for answer in answers] == [1, 2]
    assert answers[1]["result"]["structuredContent"]["status"] == "answered"
    assert (rest, errors, process.returncode) == ("", "", 0)


def test_ctrl_c_ends_it_without_a_word(sample_library: Path) -> None:
    command = [sys.executable, "-m", "qa", "mcp", "--library", str(sample_library)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write('{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1
        process.send_signal(signal.SIGINT)  # while its reading waits
        assert process.wait(20) == -signal.SIGINT
        assert (process.stdout.read(), process.stderr.read() if process.stderr else "") == ("", "")


def test_a_missing_package_is_one_line(quoth: Quoth, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "mcp" or name.startswith("qa.mcp.s")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    ran = quoth("mcp")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "quoth: an MCP server needs the package mcp; run: pip install 'quoth[mcp]'\n"
