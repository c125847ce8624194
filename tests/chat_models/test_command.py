"""The quoth command with a chat model: setting it, asking it, and what is sent to whom."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from qa.settings import config_file
from tests.conftest import Quoth

from .conftest import KEY, Serve
from .servers import OPENAI, silent, status

ASKED = "When did Donald Trump and Kim Jong Un first meet?"


def test_a_model_is_set_and_shown_and_taken_back(quoth: Quoth) -> None:
    assert quoth("config", "model").out == "quotes\n"
    config_file().parent.mkdir(parents=True)
    config_file().write_text(f"# mine\n[answer]\napi_key = '{KEY}' # secret\n")
    done = quoth("config", "model", "ollama:llama3.2")
    assert done.code == 0, done.err
    assert "Answers are written by ollama:llama3.2: " in done.out
    assert "go to ollama, with answer.api_key" in done.out
    assert config_file().read_text() == f"# mine\n[answer]\nmodel = \"ollama:llama3.2\"\napi_key = '{KEY}' # secret\n"
    assert quoth("config", "model").out == "ollama:llama3.2\n"
    assert quoth("config", "model", "--json").json["model"] == "ollama:llama3.2"
    shown = quoth("config")
    assert 'model = "ollama:llama3.2" ' in shown.out
    assert 'api_key = "**********" ' in shown.out
    assert KEY not in shown.out + quoth("config", "--json").out
    assert "without a chat model" in quoth("config", "model", "quotes").out
    assert quoth("config", "model").out == "quotes\n"


def test_a_model_of_a_library(quoth: Quoth, library: Path) -> None:
    done = quoth("config", "model", "ollama:llama3.2", "--library", str(library), "--json")
    assert done.json == {"schema": 1, "model": "ollama:llama3.2", "file": str(library / "quoth.toml")}
    assert quoth("config", "model", "-l", str(library)).out == "ollama:llama3.2\n"
    assert quoth("config", "model").out == "quotes\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("llama3.2", "no model 'llama3.2'; write "),
        ("openai:gpt-5", "openai needs a key; "),
        ("mistralai:m", "pip install langchain-mistralai"),
        ("http://a:b@c/v1", "is no server's address; "),
    ],
)
def test_what_could_not_be_asked_is_not_set(name: str, said: str, quoth: Quoth) -> None:
    done = quoth("config", "model", name)
    assert done.code == 1
    assert said in done.err
    assert len(done.err.splitlines()) == 1
    assert not config_file().exists()


def test_a_variable_that_goes_before_the_file_is_told(quoth: Quoth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTH_ANSWER__MODEL", "quotes")
    done = quoth("config", "model", "ollama:m")
    assert "QUOTH_ANSWER__MODEL is set to quotes" in done.err


def test_a_fault_of_a_model_is_one_line_and_one_object(quoth: Quoth, serve: Serve, sample_library: Path) -> None:
    server = serve(status(429, {"error": {"message": f"no {KEY}", "type": "quota"}}))
    arguments = ("ask", ASKED, "--model", f"{server.url}/v1#m", "--library", str(sample_library))
    os.environ["QUOTH_ANSWER__API_KEY"] = KEY
    failed = quoth(*arguments)
    assert (failed.code, failed.out) == (1, "")
    assert failed.err.splitlines() == [
        f"quoth: {server.url}/v1 takes no more requests now (rate limit or quota); wait a little and ask again"
    ]
    assert quoth(*arguments, "--json").json["error"]["type"] == "ModelError"


@pytest.mark.slow
def test_only_the_server_that_was_named_learns_of_a_question(
    quoth_process: Quoth, serve: Serve, sample_library: Path
) -> None:
    server, elsewhere = serve(OPENAI.whole), serve(status(200, {}))
    variables = {
        **dict.fromkeys(("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"), "true"),
        **dict.fromkeys(("LANGSMITH_OTEL_ENABLED", "LANGSMITH_GATEWAY_ENABLED"), "true"),
        **dict.fromkeys(("LANGSMITH_API_KEY", "LANGCHAIN_API_KEY", "LANGSMITH_GATEWAY_API_KEY"), "lsv2_key"),
        **dict.fromkeys(("LANGSMITH_ENDPOINT", "LANGCHAIN_ENDPOINT", "LANGSMITH_GATEWAY"), elsewhere.url),
        **dict.fromkeys(("OTEL_EXPORTER_OTLP_ENDPOINT", "HTTP_PROXY", "http_proxy", "OPENAI_PROXY"), elsewhere.url),
    }
    library = ("--library", str(sample_library), "--json")
    environment = {**os.environ, **variables}
    ran = quoth_process("ask", ASKED, "--model", f"{server.url}/v1#m", *library, env=environment)
    assert ran.json["model"] == f"{server.url}/v1#m", ran.err
    environment |= {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{server.url}/v1", "no_proxy": "127.0.0.1"}
    del environment["OPENAI_PROXY"]
    ran = quoth_process("ask", ASKED, "--model", "openai:m", *library, env=environment)
    assert ran.json["model"] == "openai:m", ran.err
    assert len(server.asked) == 2
    assert elsewhere.asked == []


@pytest.mark.slow
def test_the_gateway_of_langsmith_is_not_used(quoth_process: Quoth, serve: Serve, sample_library: Path) -> None:
    gateway = serve(OPENAI.whole)
    environment = {
        **os.environ,
        "LANGSMITH_GATEWAY": gateway.url,
        "OPENAI_API_KEY": KEY,
        "HTTPS_PROXY": "http://127.0.0.1:9",  # which refuses: nothing goes to OpenAI itself from a test
    }
    ran = quoth_process("ask", ASKED, "--model", "openai:m", "--library", str(sample_library), env=environment)
    assert ran.code == 1
    assert "openai cannot be reached" in ran.err
    assert gateway.asked == []


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["before", "within"])
def test_ctrl_c_closes_the_request(moment: str, serve: Serve, sample_library: Path) -> None:
    server = serve(silent if moment == "before" else OPENAI.halting)
    arguments = ["ask", ASKED, "--model", f"{server.url}/v1#m", "--library", str(sample_library), "--json"]
    with subprocess.Popen([sys.executable, "-m", "qa", *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert server.waiting.wait(60)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert json.loads(out)["error"]["type"] == "Interrupted"
    assert server.left.wait(10)
