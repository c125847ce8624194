"""A Chroma server that is down, refuses, or is none: one line that says what to do, and no secret in it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from qa import Library, LibraryError, SettingsError, StoreError
from qa.remote.server import Server
from tests.conftest import CORPUS, Quoth
from tests.remote.conftest import Open, on
from tests.remote.servers import Chroma, Proxy, certificate, free_port

pytestmark = pytest.mark.slow

QUESTION = "Who was Otto Warmbier?"
TOKEN = "Bearer t0ken-of-the-proxy"  # noqa: S105 (made up)


def said(library: Library) -> str:
    """The error of a question, which is one line."""
    with pytest.raises(LibraryError) as raised:
        library.ask(QUESTION)
    line = str(raised.value)
    assert "\n" not in line
    assert TOKEN not in line
    return line


def test_a_server_that_is_down(machine: Open, quoth: Quoth, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    library = machine("reader", url, "sample")
    assert "cannot be reached" in said(library)
    for look in (library.sources, library.starters, library.update, library.prepare):
        with pytest.raises(StoreError, match="cannot be reached"):
            look()
    (tmp_path / "note.txt").write_text("A note.\n")
    with pytest.raises(StoreError, match="cannot be reached"):
        library.add(tmp_path / "note.txt")
    assert not library.folder.exists()  # nothing was read in vain
    [finding] = library.doctor().findings
    assert (finding.check, finding.severity) == ("server", "damage")
    monkeypatch.setenv("QUOTH_STORE__URL", url)
    ran = quoth("ask", QUESTION)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (1, "", 1)
    assert url in ran.err


def test_what_is_no_chroma_server(machine: Open, chroma: Chroma) -> None:
    proxy = Proxy(chroma.url, "Authorization", TOKEN)
    with proxy.running() as url:
        for status, wanted in ((404, "no Chroma server"), (301, "sends elsewhere"), (503, "not ready"), (413, "32 MB")):
            proxy.refuse = status
            assert wanted in said(machine(f"reader-{status}", url, "sample", token=TOKEN))


def test_a_server_that_never_replies(machine: Open) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert "did not reply in time" in said(machine("reader", url, "sample", timeout=0.3))


def test_a_database_that_is_not_there(machine: Open, chroma: Chroma) -> None:
    assert "no database 'other'" in said(machine("reader", chroma.url, "sample", database="other"))
    assert "tenant 'nobody'" in said(machine("second", chroma.url, "sample", tenant="nobody"))


def test_a_collection_of_another_program(machine: Open, chroma: Chroma, sample_on_server: Path) -> None:
    server = Server(on(chroma.url, "sample").store, "any")
    root = server.root()
    server.close()
    assert root
    assert "is not Quoth's" in said(machine("reader", chroma.url, f"sample.{root.generation}.chunks"))


@pytest.mark.parametrize("header", ["Authorization", "X-Chroma-Token"])
def test_a_token_is_sent_and_asked_for(
    machine: Open, chroma: Chroma, sample_on_server: Path, sample_library: Path, header: str
) -> None:
    proxy = Proxy(chroma.url, header, TOKEN)
    with proxy.running() as url:
        assert "store.token" in said(machine("without", url, "sample"))
        assert "(401)" in said(machine("wrong", url, "sample", token="Bearer other", header=header))
        assert proxy.passed == 0
        reader = machine("with", url, "sample", token=TOKEN, header=header)
        with Library(sample_library) as local:
            assert reader.ask(QUESTION).text == local.ask(QUESTION).text
        assert proxy.passed > 3


def test_tls(machine: Open, chroma: Chroma, sample_on_server: Path, tmp_path: Path) -> None:
    file = certificate(tmp_path / "own.pem")
    proxy = Proxy(chroma.url, "Authorization", TOKEN)
    with proxy.running(file) as url:
        assert "store.ca_file" in said(machine("untrusting", url, "sample", token=TOKEN))
        assert proxy.passed == proxy.refused == 0  # nothing was said to whom nobody trusts
        reader = machine("trusting", url, "sample", token=TOKEN, ca_file=str(file))
        assert reader.ask(QUESTION).citations
        unlooking = machine("unlooking", url, "sample", token=TOKEN, verify=False)
        assert unlooking.ask(QUESTION).citations
        assert [one.check for one in unlooking.doctor().findings] == ["server"]
    with pytest.raises(SettingsError, match="ca_file"):
        machine("lost", url, "sample", ca_file=str(tmp_path / "none.pem")).ask(QUESTION)
    plain = chroma.url.replace("http:", "https:")
    assert "does not speak https" in said(machine("plain", plain, "sample"))


@pytest.mark.parametrize(
    "url", ["http://reader:s3cret-word@host:8000", "host:8000", "ftp://host", "http://", "http://h:x", "http://h/?a=b"]
)
def test_a_url_that_is_none_is_refused_without_its_password(
    url: str, monkeypatch: pytest.MonkeyPatch, quoth: Quoth
) -> None:
    with pytest.raises(SettingsError, match=r"store\.url") as raised:
        on(url, "sample")
    assert "s3cret-word" not in str(raised.value)
    monkeypatch.setenv("QUOTH_STORE__URL", url)
    ran = quoth("config")
    assert ran.code == 1
    assert "s3cret-word" not in ran.out + ran.err


def test_the_token_is_shown_nowhere(monkeypatch: pytest.MonkeyPatch, quoth: Quoth) -> None:
    monkeypatch.setenv("QUOTH_STORE__URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("QUOTH_STORE__TOKEN", TOKEN)
    for command in (["config"], ["config", "--json"], ["ask", QUESTION], ["doctor"], ["sources"]):
        ran = quoth(*command)
        assert TOKEN not in ran.out + ran.err


def test_a_server_that_was_started_again_answers_without_another_word(
    machine: Open, tmp_path: Path, sample_library: Path
) -> None:
    server = Chroma(tmp_path / "chroma")
    server.start()
    try:
        library = machine("writer", server.url, "restarted")
        library.add([next(CORPUS.glob("*.md"))])
        before = library.sources()
        answer = library.ask("What is this about?")
        server.kill()
        assert "cannot be reached" in said(library)
        server.start()
        assert library.sources() == before
        assert library.ask("What is this about?").text == answer.text
    finally:
        server.kill()
