"""Documents named with @, and the shortest names that tell documents apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.mentions import being_written, matching, resolve, short_names, written

SOURCES = ["/home/ada/notes/summit.md", "/home/ada/old/summit.md", "/home/ada/notes/two words.txt", "/home/ada/x.pdf"]


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
    names = short_names(["/a/notes.md", "/a/my notes.md", "/a/other.md"])
    assert matching("NOTE", names, 5) == ["/a/notes.md", "/a/my notes.md"]
    assert len(matching("", names, 2)) == 2


PARTS = st.lists(st.sampled_from(["a", "b", "a b", "ab"]), min_size=1, max_size=3)


@given(st.lists(PARTS.map(lambda parts: f"/{'/'.join(parts)}"), unique=True, max_size=6))
def test_every_name_means_its_document_alone(sources: list[str]) -> None:
    for source, name in short_names(sources).items():
        found = resolve(f"{written(name)}who?", sources)
        assert (found.question, found.where, found.unclear) == ("who?", (source,), ())
