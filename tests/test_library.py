"""The Library and ask(): what a program sees."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage, HumanMessage

import qa
from qa import Answer, Done, Event, Found, Library, Progress, Searching, Text, ask
from qa.asking import for_documents
from qa.errors import (
    InputError,
    LibraryDamaged,
    LibraryEmpty,
    LibraryError,
    LibraryMismatch,
    LibraryNotFound,
    SettingsError,
    SourceNotFound,
)
from qa.locking import writing_now
from qa.places import delete, folder_of, libraries
from qa.settings import cache_folder, data_folder

from .conftest import CORPUS

LACTOSE = "Which enzyme breaks down lactose in the small intestine?"
MET = "When did Donald Trump and Kim Jong Un first meet?"


@pytest.fixture
def sample(sample_library: Path) -> Iterator[Library]:
    with Library(sample_library) as library:
        yield library


def test_an_answer_quotes_the_documents(sample: Library) -> None:
    answer = sample.ask("Where did Trump and Kim meet in February 2019?")
    assert answer.status == "answered"
    assert "Hanoi" in answer.text
    assert answer.confidence > 0.5
    assert answer.model == "quotes"
    assert set(answer.timings) == {"search", "answer", "total"}
    for number, citation in enumerate(answer.citations, 1):
        assert citation.number == number
        assert f"[{number}]" in answer.text
        assert citation.verified
        document = sample.document(citation.source)
        assert document.text[citation.start : citation.end] == citation.quote
        assert citation.line == document.text.count("\n", 0, citation.start) + 1
        assert citation.sha256 == document.sha256
    printed = str(answer)
    assert printed.startswith(answer.text)
    assert f"[1] {answer.citations[0].source}" in printed
    assert json.loads(json.dumps(answer.to_dict()))["schema"] == 1


def test_what_the_documents_do_not_say_is_not_found(sample: Library) -> None:
    answer = sample.ask(LACTOSE)
    assert (answer.status, answer.citations) == ("not_found", ())
    assert answer.confidence < 0.5
    assert len(answer.passages) == 5
    assert set(answer.unknown_words) >= {"enzyme", "lactose"}


def test_search_gives_passages_best_first(sample: Library) -> None:
    passages = sample.search(MET, k=7)
    assert len(passages) == 7
    assert [p.score for p in passages] == sorted((p.score for p in passages), reverse=True)
    for passage in passages:
        text = sample.text(passage.source)
        assert text[passage.start : passage.end] == passage.text
        assert passage.line == text.count("\n", 0, passage.start) + 1
    assert len(sample.search(MET, k=100)) <= 100


def test_not_found_is_said_of_the_documents_that_were_searched(sample: Library) -> None:
    source = sample.sources()[0].source
    assert sample.ask(LACTOSE, where=source).text.startswith(f"{Path(source).name} does not answer this.")
    count = len(sample.sources(where="*.md"))
    assert sample.ask(LACTOSE, where="*.md").text.startswith(f"The {count} documents that were searched do not")
    assert sample.ask(LACTOSE).text.startswith("The documents do not answer this.")


def test_where_limits_the_search(sample: Library) -> None:
    exact = str(CORPUS / "un-sanctions.txt")
    assert {p.source for p in sample.search(MET, where=exact)} == {exact}
    assert {Path(p.source).suffix for p in sample.search(MET, where="*.md")} == {".md"}
    both = {Path(p.source).suffix for p in sample.search(MET, k=50, where=["*.md", exact])}
    assert both == {".md", ".txt"}
    assert {s.source for s in sample.sources(where=exact)} == {exact}
    asked = [sample.ask(MET, where=where).where for where in (None, exact, Path(exact), ["*.md", exact])]
    assert asked == [(), (exact,), (exact,), ("*.md", exact)]
    with pytest.raises(InputError, match="no document of the library fits"):
        sample.search(MET, where="*.nothing")


@pytest.mark.parametrize("where", [7, b"*.md", [7], iter(["*.md"])])
def test_where_is_checked(where: object, sample: Library) -> None:
    for call in (sample.search, sample.ask):
        with pytest.raises(InputError, match="where is a source, a glob or a list of them"):
            call(MET, where=where)  # type: ignore[operator]


def test_history_is_kept_in_mind(sample: Library) -> None:
    history = [
        {"role": "user", "content": "Where was the first summit between Trump and Kim held?"},
        {"role": "assistant", "content": "It took place in Singapore [1]."},
    ]
    answer = sample.ask("And the second one?", history=history)
    assert answer.question == "And the second one?"
    assert "summit" in answer.standalone_question
    messages = [HumanMessage(history[0]["content"]), AIMessage(history[1]["content"])]
    assert sample.ask("And the second one?", history=messages).text == answer.text
    assert sample.search("And the second one?", history=history) == list(answer.passages)


def test_a_stream_ends_with_the_answer(sample: Library) -> None:
    events = list(sample.stream(MET))
    assert [type(event) for event in events] == [Searching, Found, Text, Done]
    assert isinstance(events[-1], Done)
    assert events[-1].answer.text == sample.ask(MET).text


@pytest.mark.parametrize("last", [Searching, Found, Text])
@pytest.mark.parametrize("question", [MET, "What is in my documents?"])
def test_nothing_comes_after_a_stream_was_cancelled(question: str, last: type[Event], sample: Library) -> None:
    cancel, seen = threading.Event(), []
    for event in sample.stream(question, cancel=cancel):
        seen.append(type(event))
        if isinstance(event, last):
            cancel.set()
    assert seen[-1] is last
    assert list(sample.stream(question, cancel=cancel)) == []


def test_cancelling_a_stream_ends_its_wait_for_whoever_reads_the_same_documents(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The lighthouse was painted red in 1931.")
    cancel, events = threading.Event(), []
    with for_documents(tmp_path / "a.txt") as library, writing_now(library.folder):
        asking = threading.Thread(
            target=lambda: events.extend(qa.stream("What is red?", documents=tmp_path / "a.txt", cancel=cancel))
        )
        asking.start()
        cancel.set()
        asking.join(20)
        assert not asking.is_alive()
    assert events == []


async def test_the_asynchronous_twins(sample: Library, tmp_path: Path) -> None:
    answer, passages = await asyncio.gather(sample.aask(MET), sample.asearch(MET, k=2))
    assert answer.text == sample.ask(MET).text
    assert len(passages) == 2
    assert isinstance([event async for event in sample.astream(MET)][-1], Done)
    (tmp_path / "a.txt").write_text("The lighthouse was painted red in 1931.")
    with Library(tmp_path / "library") as library:
        assert len((await library.aadd([tmp_path / "a.txt"])).added) == 1
    asked = await qa.aask("What colour was the lighthouse painted?", documents=tmp_path / "a.txt")
    assert "red" in asked.text
    events = [event async for event in qa.astream("What colour is it?", documents=tmp_path / "a.txt")]
    assert isinstance(events[-1], Done)


def test_what_needs_no_model_does_not_wait_for_one_that_is_compiled(sample_library: Path, home: Path) -> None:
    class Enough(Exception):
        """No model need be compiled for this."""

    compiled = home / "cache" / "quoth" / "models"
    compiled.unlink()
    begun, looked = threading.Event(), threading.Event()

    def wait(_: Progress) -> None:
        begun.set()
        looked.wait(60)
        raise Enough

    def prepare() -> None:
        with contextlib.suppress(Enough):
            library.prepare(wait)

    def look() -> None:
        assert library.sources()
        assert library.conversations() is library.conversations()
        assert library.notices() == []
        library.check_model("quotes")
        looked.set()

    with Library(sample_library) as library:
        threads = [threading.Thread(target=work) for work in (prepare, look)]
        threads[0].start()
        assert begun.wait(60)
        threads[1].start()
        seen = looked.wait(20)
        looked.set()
        for thread in threads:
            thread.join()
    assert seen


def test_a_library_is_used_from_several_threads(sample: Library) -> None:
    questions = [MET, "Where was the second summit?", "What is Quoth?", "Who is Stephen Biegun?"] * 4
    wanted = {question: sample.ask(question).text for question in set(questions)}
    got: list[tuple[str, str]] = []
    threads = [
        threading.Thread(target=lambda q=question: got.append((q, sample.ask(q).text))) for question in questions
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(questions)
    assert all(text == wanted[question] for question, text in got)


@pytest.mark.parametrize("question", ["", "  \n", "a\0b", "x" * 10_001])
def test_what_cannot_be_asked_is_one_line(sample: Library, question: str) -> None:
    for call in (sample.ask, sample.search):
        with pytest.raises(InputError) as caught:
            call(question)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "question",
    ["?", "🙂🙂", "\u202eabc", "\ud800", "SELECT * FROM x; --", '"NEAR(a b)" OR *', "ما هي العاصمة؟", "x" * 10_000],
)
def test_odd_questions_are_answered_all_the_same(sample: Library, question: str) -> None:
    assert sample.ask(question).status in ("answered", "not_found")


@pytest.mark.parametrize("k", [0, -1, 1.5, True, "3"])
def test_k_is_checked(sample: Library, k: int) -> None:
    for call in (lambda: sample.search(MET, k=k), lambda: sample.as_retriever(k=k)):
        with pytest.raises(InputError, match="1 or more"):
            call()


@pytest.mark.parametrize("history", ["text", [{"role": "user"}], [{"role": "robot", "content": "x"}], [42]])
def test_history_is_checked(sample: Library, history: object) -> None:
    with pytest.raises(InputError):
        sample.ask(MET, history=history)  # type: ignore[arg-type]


def test_unknown_arguments_and_models_are_errors(sample: Library) -> None:
    with pytest.raises(TypeError):
        sample.ask(MET, temprature=1)  # type: ignore[call-arg]
    with pytest.raises(InputError, match="no model 'gpt'"):
        sample.ask(MET, model="gpt")


def test_an_empty_library_says_what_to_run(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        for call in (library.ask, library.search):
            with pytest.raises(LibraryEmpty, match="quoth add FOLDER"):
                call(MET)
        assert library.sources() == []
        assert not library.changed()
        with pytest.raises(SourceNotFound):
            library.text("anything.txt")
    assert not (tmp_path / "library").exists()
    with pytest.raises(LibraryNotFound):
        Library(tmp_path / "library", create=False)


def test_names_and_paths(tmp_path: Path, home: Path) -> None:
    assert folder_of("news") == data_folder() / "libraries" / "news"
    assert folder_of("./news") == Path.cwd() / "news"
    assert folder_of("~/news") == home / "news"
    assert folder_of(tmp_path) == tmp_path
    (tmp_path / "a.txt").write_text("One sentence about tea.")
    with Library("news") as library:
        library.add(tmp_path / "a.txt")
        assert library.name == "news"
        assert library.folder.stat().st_mode & 0o777 == 0o700
    assert [folder.name for folder in libraries()] == ["news"]
    delete("news")
    assert libraries() == []
    with pytest.raises(LibraryNotFound):
        delete("news")


def test_ask_with_documents_keeps_to_them(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The lighthouse was painted red in 1931.")
    (tmp_path / "b.txt").write_text("The lighthouse keeper was called Ida.")
    question = "When was the lighthouse painted?"
    assert "1931" in ask(question, documents=[tmp_path / "a.txt"]).text
    assert {p.source for p in ask(question, documents=tmp_path.glob("b.*")).passages} == {str(tmp_path / "b.txt")}
    (tmp_path / "a.txt").write_text("The lighthouse was painted white in 1950.")
    assert "1950" in ask(question, documents=str(tmp_path / "a.txt")).text
    assert not data_folder().exists()
    assert len(list((cache_folder() / "documents").iterdir())) == 2
    with pytest.raises(InputError, match="not both"):
        ask(question, documents=tmp_path, library="x")


def test_a_library_made_with_another_model_is_refused_untouched(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The lighthouse was painted red in 1931.")
    with Library(tmp_path / "library") as library:
        library.add(tmp_path / "a.txt")
    from qa.catalog.writing import Writer

    writer = Writer(tmp_path / "library")
    writer.set_meta(fingerprint="another", model="their-model")
    writer.close()
    before = (tmp_path / "library" / "catalog.sqlite").read_bytes()
    with Library(tmp_path / "library") as library:
        for call in (lambda: library.ask("Who?"), lambda: library.add(tmp_path / "a.txt"), library.rebuild):
            with pytest.raises(LibraryMismatch, match="quoth rebuild --embed"):
                call()
        assert (tmp_path / "library" / "catalog.sqlite").read_bytes() == before
        assert library.rebuild(embed=True).embedded == 1
        assert "1931" in library.ask("When was the lighthouse painted?").text


def test_a_library_of_a_newer_version_is_refused_untouched(tmp_path: Path) -> None:
    import sqlite3

    (tmp_path / "a.txt").write_text("The lighthouse was painted red in 1931.")
    with Library(tmp_path / "library") as library:
        library.add(tmp_path / "a.txt")
    connection = sqlite3.connect(tmp_path / "library" / "catalog.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = (tmp_path / "library" / "catalog.sqlite").read_bytes()
    with Library(tmp_path / "library") as library:
        for call in (lambda: library.ask("Who?"), lambda: library.add(tmp_path / "a.txt")):
            with pytest.raises(LibraryMismatch, match="newer version"):
                call()
    assert (tmp_path / "library" / "catalog.sqlite").read_bytes() == before


def test_a_setting_of_the_library_is_read_and_checked(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "quoth.toml").write_text("[retrieval]\nk = 2\n")
    (tmp_path / "a.txt").write_text("\n\n".join(f"Lighthouse {n} was painted red. " * 30 for n in range(9)))
    with Library(tmp_path / "library") as library:
        library.add(tmp_path / "a.txt")
        assert len(library.search("Which lighthouse is red?")) == 2
    (tmp_path / "library" / "quoth.toml").write_text("[retrieval]\nkk = 2\n")
    with pytest.raises(SettingsError, match=r"unknown setting retrieval\.kk"):
        Library(tmp_path / "library")


def test_a_library_never_takes_a_folder_of_the_users_files(tmp_path: Path) -> None:
    (tmp_path / "index-cards").mkdir()
    (tmp_path / "notes.txt").write_text("The lighthouse was painted red in 1931.")
    with Library(tmp_path) as library, pytest.raises(LibraryError, match="needs a folder of its own"):
        library.add(tmp_path / "notes.txt")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index-cards", "notes.txt"]
    with Library(tmp_path / "library") as library:
        library.add(tmp_path / "notes.txt")
    (tmp_path / "library" / "index-cards").mkdir()
    (tmp_path / "library" / "mine.txt").write_text("mine")
    with Library(tmp_path / "library") as library:
        library.rebuild()
    delete(str(tmp_path / "library"))
    assert sorted(path.name for path in (tmp_path / "library").iterdir()) == ["index-cards", "mine.txt"]


def test_no_module_of_the_working_directory_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = tmp_path / "stranger"
    (stranger / "qa").mkdir(parents=True)
    for name in ("json.py", "numpy.py", "types.py", "qa/__init__.py"):
        (stranger / name).write_text("raise SystemExit('a stranger ran')")
    (tmp_path / "notes.txt").write_text("The lighthouse was painted red in 1931.")
    monkeypatch.chdir(stranger)
    with Library(tmp_path / "library") as library:
        assert len(library.add(tmp_path / "notes.txt").added) == 1
        assert library.search("lighthouse")


def test_searching_while_another_one_removes(sample_library: Path, tmp_path: Path) -> None:
    for number in range(12):
        (tmp_path / f"{number}.txt").write_text(f"Lighthouse {number} was painted red in {1900 + number}.")
    with Library(tmp_path / "library") as library, Library(tmp_path / "library") as other:
        library.add([tmp_path / f"{number}.txt" for number in range(12)])
        library.prepare()
        failed: list[BaseException] = []

        def ask() -> None:
            try:
                for _ in range(60):
                    library.search("When was the lighthouse painted?")
            except BaseException as error:
                failed.append(error)

        asking = [threading.Thread(target=ask) for _ in range(2)]
        for thread in asking:
            thread.start()
        for number in range(6):
            other.remove([tmp_path / f"{number}.txt"])
        for thread in asking:
            thread.join()
        assert failed == []
        assert all(Path(p.source).stem not in "012345" for p in library.search("lighthouse", k=20))


def test_a_damaged_catalog_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("The lighthouse was painted red in 1931.")
    with Library(tmp_path / "library") as library:
        library.add(tmp_path / "notes.txt")
    file = tmp_path / "library" / "catalog.sqlite"
    data = file.read_bytes()
    file.write_bytes(data[:4096] + b"\xa5" * (len(data) - 4096))
    with Library(tmp_path / "library") as library, pytest.raises(LibraryDamaged, match="is damaged"):
        library.ask("When was the lighthouse painted?")


def test_a_title_is_searched_with_every_part_of_its_document(tmp_path: Path) -> None:
    folder = tmp_path / "talks"
    folder.mkdir()
    for town in ("Arnsberg", "Bergen", "Celle"):
        filling = " ".join(f"Point {number} of the agenda was put off without a vote." for number in range(40))
        (folder / f"{town[0]}.md").write_text(
            f"# The talks of {town}\n\n{filling}\n\nThe talks ended early, since the heating had failed.\n"
        )
    with Library(tmp_path / "library") as library:
        library.add(folder)
        for town in ("Arnsberg", "Bergen", "Celle"):
            answer = library.ask(f"Why did the talks of {town} end early?")
            assert Path(answer.passages[0].source).name == f"{town[0]}.md"
            best = library.search(f"Why did the talks of {town} end early, was it the heating?")[0]
            assert (Path(best.source).name, "heating" in best.text) == (f"{town[0]}.md", True)


def test_the_same_text_under_two_names_is_found_once(tmp_path: Path) -> None:
    for name in ("a.txt", "a.md"):
        (tmp_path / name).write_text("The lighthouse was painted red in 1931.")
    with Library(tmp_path / "library") as library:
        library.add([tmp_path / "a.txt", tmp_path / "a.md"])
        assert len(library.sources()) == 2
        assert len(library.search("lighthouse")) == 1


@pytest.mark.parametrize(
    ("name", "question", "gold"),
    [
        (
            "2020-2021-closed-years.md",
            "How far were the missiles on the 2021 weapons list supposed to reach?",
            "15,000 kilometres",
        ),
        ("un-sanctions.txt", "On what day did the experts' mandate run out?", "30 April 2024"),
    ],
)
def test_what_two_drafts_say_in_the_same_words_is_quoted_once(
    tmp_path: Path, name: str, question: str, gold: str
) -> None:
    """The drafts begin with other lines, so that their chunks begin elsewhere."""
    text = (CORPUS / name).read_text(encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    for first in ("Draft, for comments before it goes to print.", "Second draft. Thanks to everybody who wrote to us."):
        (tmp_path / f"{len(first)}-{name}").write_text(f"{first}\n\n{text}", encoding="utf-8")
    with Library(tmp_path / "library") as library:
        library.add(sorted(tmp_path.glob(f"*{name}")))
        answer = library.ask(question)
        assert gold in answer.text
        quotes = [citation.quote for citation in answer.citations]
        assert len(quotes) == len(set(quotes))
        texts = [passage.text for passage in library.search(question)]
        assert len(texts) == len(set(texts)) == 5


def test_an_answer_says_how_many_documents_were_searched(sample: Library) -> None:
    every = len(sample.sources())
    limited = sample.ask(MET, where="*.md")
    assert (limited.searched, limited.documents) == (len(sample.sources(where="*.md")), every)
    assert (sample.ask(MET).searched, sample.ask(MET).documents) == (every, every)
    assert not sample.ask(MET).adding


def test_an_answer_says_that_documents_were_being_added(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.txt").write_text(f"Lighthouse {number} was painted red in {1900 + number}.")
    question = "When was lighthouse 0 painted?"
    meanwhile: list[Answer] = []

    def ask(progress: Progress) -> None:
        if progress.stage == "reading" and progress.done and library.sources():
            meanwhile.append(library.ask(question))

    with Library(tmp_path / "library") as library:
        library.add(tmp_path / "0.txt")
        library.add([tmp_path / "1.txt", tmp_path / "2.txt"], progress=ask)
        assert meanwhile
        assert all(answer.adding for answer in meanwhile)
        assert not library.ask(question).adding
        library.remove(tmp_path / "2.txt")
        assert not library.ask(question).adding


def test_another_process_that_adds_is_seen_for_as_long_as_it_lives(sample_library: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(sample_library, tmp_path / "library"))
    held = (
        "import sys; from pathlib import Path; from qa.locking import writing\n"
        "with writing(Path(sys.argv[1])): print('held', flush=True); input()"
    )
    with (
        Library(folder) as library,
        subprocess.Popen([sys.executable, "-c", held, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other,
    ):
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        assert library.ask(MET).adding
        other.kill()  # its words about itself stay behind
        other.wait()
        assert not library.ask(MET).adding
