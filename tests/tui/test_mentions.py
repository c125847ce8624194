"""Documents named with @, and the shortest names that tell documents apart."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from qa import Source
from tests.tui.conftest import chatting, wait_until
from tui.mentions import Mentions, Names, being_written, short_names, written

SOURCES = ["/home/ada/notes/summit.md", "/home/ada/old/summit.md", "/home/ada/notes/two words.txt", "/home/ada/x.pdf"]


def resolve(question: str, sources: list[str]) -> Mentions:
    return Names(sources).resolve(question)


def test_equal_names_get_as_much_of_the_path_as_tells_them_apart() -> None:
    assert short_names(SOURCES) == {
        SOURCES[0]: "notes/summit.md",
        SOURCES[1]: "old/summit.md",
        SOURCES[2]: "two words.txt",
        SOURCES[3]: "x.pdf",
    }


def test_a_document_that_ends_like_another_is_another() -> None:
    found = resolve("@x.pdf who?", ["/a/x.pdf", "/a/box.pdf"])
    assert (found.question, found.where) == ("who?", ("/a/x.pdf",))


def test_a_named_document_limits_the_question_and_leaves_it() -> None:
    found = resolve('What does @x.pdf say, and @"two words.txt"?', SOURCES)
    assert found.question == "What does say, and?"
    assert found.where == (SOURCES[3], SOURCES[2])


def test_what_belongs_to_the_sentence_stays_there() -> None:
    assert resolve("Who met, says @x.pdf?", SOURCES).question == "Who met, says?"


def test_a_name_that_fits_several_documents_is_unclear() -> None:
    assert resolve("@summit.md when?", SOURCES).unclear == ("summit.md",)
    assert resolve("@old/summit.md when?", SOURCES).unclear == ()


def test_what_names_no_document_is_part_of_the_question() -> None:
    question = "Who wrote to ada@x.pdf or @nobody,  and when?"
    assert resolve(question, SOURCES).question == question
    assert resolve(question, SOURCES).where == ()


def test_what_is_being_written_behind_the_at_sign() -> None:
    assert being_written("what does @sum") == "sum"
    assert being_written('what does @"two wo') == "two wo"
    assert being_written("@") == ""
    assert being_written("mail ada@example") is None
    assert being_written("@done and on") is None


def test_names_that_begin_so_come_first() -> None:
    names = Names(["/a/notes.md", "/a/my notes.md", "/a/other.md"])
    assert names.matching("NOTE", 5) == ["/a/notes.md", "/a/my notes.md"]
    assert len(names.matching("", 2)) == 2


PARTS = st.lists(st.sampled_from(["a", "b", "a b", "ab"]), min_size=1, max_size=3)


@given(st.lists(PARTS.map(lambda parts: f"/{'/'.join(parts)}"), unique=True, max_size=6))
def test_every_name_means_its_document_alone(sources: list[str]) -> None:
    for source, name in short_names(sources).items():
        found = resolve(f"{written(name)}who?", sources)
        assert (found.question, found.where, found.unclear) == ("who?", (source,), ())


class Counted(str):
    """A source that counts how often one of its kind is compared with a name."""

    __slots__ = ()
    looks = 0

    def endswith(self, *given: object) -> bool:
        Counted.looks += 1
        return super().endswith(*given)  # type: ignore[arg-type]


async def test_a_key_behind_many_names_looks_at_no_document_again(library: Path) -> None:
    """300 names in the prompt and 10,000 documents: each key used to compare all of them with all of these."""
    async with chatting(library) as (app, pilot):
        app.sources = tuple(
            Source(Counted(f"/data/{number % 100}/report-{number}.pdf"), "pdf", 1, 1, 1, 0.0, "0" * 64)
            for number in range(10_000)
        )
        prompt = app.chat.prompt
        prompt.text = "".join(f"@report-{number}.pdf " for number in range(300))
        await wait_until(pilot, lambda: len(prompt.where) == 300)
        assert Counted.looks >= 300
        Counted.looks = 0
        await pilot.press("w", "h", "y")
        await wait_until(pilot, lambda: prompt.text.endswith("why"))
        assert Counted.looks == 0
        await pilot.press("space", "@", "3", "0", "1")
        await wait_until(pilot, lambda: prompt.text.endswith("@301"))
        assert Counted.looks == 0  # no document is called so
        await pilot.press("tab")
        await wait_until(pilot, lambda: len(prompt.where) == 301)
        assert Counted.looks <= 2
