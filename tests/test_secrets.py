"""Keys are shown nowhere: not by `quoth config`, not in an error, not in the log."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel, Field, SecretStr

from qa.apikeys import hidden
from qa.cli import config
from qa.cli.output import print_error
from qa.errors import ModelError, SettingsError
from qa.settings import config_file, load
from tui.faults import said

from .conftest import Quoth

KEY = "sk-canary-of-a-key"
VARIABLES = (
    *("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY", "LANGSMITH_API_KEY", "LANGCHAIN_API_KEY", "HF_TOKEN"),
    *("QUOTH_API_KEY", "QUOTH_OPENAI_API_KEY"),
)
"""Variables as a developer's shell may have them; Quoth reads none of them."""


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, KEY)


@pytest.mark.parametrize("arguments", [["config"], ["config", "--json"], ["sources"], ["ask", "--no-such-option"]])
def test_keys_in_the_environment_are_not_shown(
    keys: None, quoth_process: Quoth, arguments: list[str], home: Path
) -> None:
    ran = quoth_process(*arguments, env={**os.environ, "QUOTH_DEBUG": "1"})
    assert KEY not in ran.out + ran.err
    assert KEY not in (home / "state" / "quoth" / "quoth.log").read_text()


@pytest.mark.parametrize(
    "text",
    [
        f"[answer]\nsecret_key = '{KEY}'\n",
        f"[answer]\nmodel = {{api_key = '{KEY}'}}\n",
        f"[retrieval]\nk = ['{KEY}']\n",
        f"answer = '{KEY}'\n",
        f"api_key = '{KEY}'\n",
        f"[answer]\napi_key = {KEY}\n",
    ],
)
def test_a_key_in_the_wrong_place_is_not_repeated(text: str, quoth: Quoth) -> None:
    config_file().parent.mkdir(parents=True)
    config_file().write_text(text)
    with pytest.raises(SettingsError) as caught:
        load()
    assert KEY not in str(caught.value)
    ran = quoth("config")
    assert ran.code == 1
    assert str(config_file()) in ran.err
    assert KEY not in ran.out + ran.err


@pytest.mark.parametrize(("name", "code"), [("QUOTH_ANSWER__API_KEY", 0), ("QUOTH_ANSWER", 1)])
def test_a_key_in_a_variable_of_quoths_own_is_not_repeated(
    name: str, code: int, monkeypatch: pytest.MonkeyPatch, quoth: Quoth
) -> None:
    monkeypatch.setenv(name, KEY)
    ran = quoth("config")
    assert ran.code == code
    assert ("**********" in ran.out) == (code == 0)
    assert KEY not in ran.out + ran.err
    assert KEY not in quoth("config", "--json").out


def test_a_key_in_its_place_is_shown_as_stars(quoth: Quoth) -> None:
    config_file().parent.mkdir(parents=True)
    config_file().write_text(f"[answer]\napi_key = '{KEY}'\n")
    assert KEY not in repr(load())
    ran = quoth("config")
    assert 'api_key = "**********"' in ran.out
    assert KEY not in ran.out + ran.err


def test_a_key_in_the_words_of_an_error_is_stars(keys: None, capsys: pytest.CaptureFixture[str]) -> None:
    print_error(f"the provider says: incorrect API key {KEY}", "ModelError", as_json=False)
    assert capsys.readouterr().err == "quoth: the provider says: incorrect API key **********\n"
    assert said(ModelError(f"incorrect API key {KEY}")) == "incorrect API key **********"


def test_a_key_is_in_no_log_even_where_words_are_wanted(keys: None, home: Path) -> None:
    program = (
        "from qa import logs; logs.start(); logs.keep_content()\n"
        f"try: raise ValueError('about {KEY}')\nexcept ValueError as error: logs.fault(error)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    written = (home / "state" / "quoth" / "quoth.log").read_text()
    assert "about **********" in written
    assert KEY not in written


def test_short_and_empty_values_are_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_API_KEY", "none")
    monkeypatch.setenv("HF_TOKEN", "")
    assert hidden("there are none") == "there are none"


class WithKey(BaseModel):
    """A section as one with a key will be."""

    api_key: SecretStr | None = Field(SecretStr(KEY), description="of the provider")


def test_a_secret_is_stars_among_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    config._print_table(WithKey(), "answer")
    printed = capsys.readouterr().out
    assert 'api_key = "**********"' in printed
    assert KEY not in printed
