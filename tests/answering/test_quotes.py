"""What a user notices of an answer in the documents' own words."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.answering.candidates import Candidate
from qa.answering.choosing import joined
from qa.followups import search_for
from qa.types import Document
from tests.answering.conftest import Asking, document, passage

LIGHTHOUSE = """# The Skerry lighthouse

The lighthouse on Skerry Point was built in 1871 by the engineer Anna Thorsen. It stands 38 metres above the sea.
Its lamp burned whale oil until 1902, when it was changed to paraffin.

## The keepers

Three families kept the light. They were relieved every six weeks, because the supply boat could land only at spring
tide. The last keeper, Olaf Brandt, left in 1988.

## The storm of 1953

Waves broke the windows of the lantern room on 31 January 1953. Nobody was hurt. The repair cost 4,200 pounds and was
paid by the harbour board.
"""
BAKERY = """The bakery opens at six in the morning. Its sourdough rises for two days in a cellar under the shop.

Maria Conti bought the bakery from her uncle in 2009. She sells about 300 loaves on a Saturday.
"""


@pytest.fixture(scope="module")
def town(asking) -> Asking:  # type: ignore[no-untyped-def]
    return asking(lighthouse_md=LIGHTHOUSE, bakery_txt=BAKERY)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("When was the lighthouse built?", "1871"),
        ("Who was the last keeper of the light?", "Olaf Brandt"),
        ("Why were the keepers relieved every six weeks?", "because the supply boat"),
        ("How much did the repair after the storm cost?", "4,200 pounds"),
        ("How many loaves does the bakery sell on a Saturday?", "300"),
        ("From whom did Maria Conti buy the bakery?", "her uncle"),
    ],
)
def test_the_sentence_that_answers_is_quoted(town: Asking, question: str, said: str) -> None:
    quoted = town.ask(question)
    assert quoted.status == "answered"
    assert said in quoted.text
    assert said in re.sub(r"\s+", " ", quoted.citations[0].quote)
    assert len(quoted.text.split()) < 80


@pytest.mark.parametrize(
    "question",
    [
        "Which enzyme splits lactose?",
        "Who won the chess championship in Reykjavik?",
        "How many submarines does the navy of Peru have?",
        "Why was the treaty of Westphalia signed?",
    ],
)
def test_what_the_documents_do_not_say_is_not_answered(town: Asking, question: str) -> None:
    quoted = town.ask(question)
    assert quoted.status == "not_found"
    assert quoted.citations == ()
    assert quoted.confidence < 0.5
    assert not re.search(r"\[\d+\]|lighthouse|bakery", quoted.text)


def test_the_words_that_no_document_holds_are_named(town: Asking) -> None:
    text = town.ask("Which enzyme splits lactose?").text
    assert "“enzyme”" in text
    assert "“lactose”" in text
    assert "“Which”" not in text
    assert "mention" not in town.ask("Was the bakery hurt by the storm of the harbour board?", threshold=1.0).text


def test_every_word_that_no_document_holds_is_listed(town: Asking) -> None:
    quoted = town.ask("Which enzyme, protein, vitamin or Hormone splits lactose at the lighthouse?")
    assert quoted.unknown_words == ("enzyme", "protein", "vitamin", "Hormone", "splits", "lactose")
    assert quoted.text.endswith(
        "None of them mentions “enzyme”, “protein”, “vitamin”, “Hormone”, “splits” or “lactose”."
    )
    found = town.ask("When was the lighthouse on Skerry Point built, by the engineer Anna Thorsenne?", threshold=0.0)
    assert (found.status, found.unknown_words) == ("answered", ("Thorsenne",))
    assert town.ask("When was the lighthouse built?").unknown_words == ()
    assert town.answer("Where is lactose?", []).unknown_words == ("lactose",)


def test_of_very_many_such_words_the_others_are_counted(town: Asking) -> None:
    words = [f"xqzv{letter}" for letter in "abcdefghijk"]
    quoted = town.ask(f"Are {', '.join(words)} at the lighthouse?", threshold=1.0)
    assert quoted.unknown_words == tuple(words)
    assert quoted.text.endswith("“xqzvh” or 3 more of its words.")


@pytest.mark.parametrize(
    ("limited", "said"),
    [
        ((), "The documents do not answer this. None of them mentions “enzyme”"),
        (("/a/lab [1].md",), "lab [ 1 ].md does not answer this. No document of the library mentions “enzyme”"),
        (("/a/lab.md", "/b/x.txt"), "lab.md and x␛.txt do not answer this. "),
        (("/a/lab.md", "/b/lab.md"), "The 2 documents that were searched do not answer this. "),
        (("/a", "/b", "/c"), "The 3 documents that were searched do not answer this. "),
    ],
)
def test_which_documents_do_not_answer_is_said_where_not_all_were_searched(
    town: Asking, limited: tuple[str, ...], said: str
) -> None:
    passages = town.passages("Which enzyme splits lactose?")
    quoted = town.answer("Which enzyme splits lactose?", passages, limited=limited)
    assert quoted.text.startswith(said)


def test_an_answerable_question_is_more_certain_than_its_near_miss(town: Asking) -> None:
    there = town.ask("When was the lighthouse built?").confidence
    missing = town.ask("When was the lighthouse painted red?").confidence
    assert there > 0.8
    assert missing < there - 0.2


def test_the_threshold_decides_and_the_confidence_stays(town: Asking) -> None:
    question = "When was the lighthouse built?"
    refused = town.ask(question, threshold=1.0)
    assert refused.status == "not_found"
    assert refused.confidence == town.ask(question).confidence
    assert town.ask("Which enzyme splits lactose?", threshold=0.0).status == "answered"


def test_a_code_that_stands_nowhere_is_not_taken_for_its_neighbour(asking) -> None:  # type: ignore[no-untyped-def]
    manual = asking(
        pump_txt="Error P-2041 means that the inlet filter is blocked. Rinse the filter. Error P-2050 means low oil.\n"
    )
    there = manual.ask("What does error P-2041 mean?").confidence
    missing = manual.ask("What does error P-2047 mean?").confidence
    assert missing < there - 0.1


def test_a_quote_that_begins_with_a_pronoun_takes_along_whom_it_means(asking) -> None:  # type: ignore[no-untyped-def]
    town = asking(
        mill_txt="The first miller of Ashwell was Tobias Reed. He repaired the great wheel with oak from the abbey. "
        "The mill stands empty now."
    )
    quoted = town.ask("With what was the great wheel repaired?", threshold=0.0)
    assert quoted.citations[0].quote.startswith("The first miller of Ashwell was Tobias Reed. He repaired")


def test_what_a_quote_points_back_at_is_taken_along(asking) -> None:  # type: ignore[no-untyped-def]
    river = asking(
        ferry_txt="In spring the river floods the lower road. To avoid this the ferry lands at the upper quay. "
        "The ferry is painted green."
    )
    quoted = river.ask("Why does the ferry land at the upper quay?", threshold=0.0)
    assert quoted.citations[0].quote.startswith("In spring the river floods the lower road. To avoid this the ferry")


def test_the_sentence_before_a_pronoun_stays_out_where_a_paragraph_ends(asking) -> None:  # type: ignore[no-untyped-def]
    town = asking(mill_txt="The miller was Tobias Reed.\n\nIt was built of oak from the abbey. The mill stands empty.")
    quoted = town.ask("Of what wood was it built?", threshold=0.0)
    built = next(citation for citation in quoted.citations if "oak" in citation.quote)
    assert built.quote.startswith("It was built")


def test_citations_say_where_the_quote_itself_stands(town: Asking) -> None:
    [citation] = town.ask("Who was the last keeper of the light?").citations
    assert citation.verified
    assert citation.source == "/lighthouse.md"
    assert LIGHTHOUSE[citation.start : citation.end] == citation.quote
    assert citation.heading == "The keepers"
    assert LIGHTHOUSE.splitlines()[citation.line - 1].find(citation.quote[:20]) >= 0


def test_hard_wrapped_lines_are_shown_on_one_line_and_quoted_as_they_are(town: Asking) -> None:
    quoted = town.ask("Why were the keepers relieved every six weeks?")
    assert "at spring tide. [1]" in quoted.text
    assert "at spring\ntide." in quoted.citations[0].quote


def test_a_heading_alone_is_no_answer(town: Asking) -> None:
    quoted = town.ask("the storm of 1953", threshold=0.0)
    assert not any(citation.quote.lstrip("# ").startswith("The storm") for citation in quoted.citations)


def test_a_row_of_a_table_is_quoted_as_it_is_and_its_head_is_not(asking) -> None:  # type: ignore[no-untyped-def]
    table = "ship,captain,tons\nAurora,Ines Vale,900\nBorealis,Tom Reed,1200\nCorona,Lena Ode,750\n"
    town = asking(ships_csv=table)
    quoted = town.ask("Who is the captain of the Borealis?", threshold=0.0)
    assert quoted.citations[0].quote == "Borealis,Tom Reed,1200"
    assert "ship,captain,tons" not in quoted.text


def test_a_number_in_brackets_in_a_document_is_not_taken_for_a_citation(asking) -> None:  # type: ignore[no-untyped-def]
    town = asking(
        notes_txt="The mill was built in 1790 by Jonas Falk.[7] It burned down in 1844 [12] and was not rebuilt."
    )
    quoted = town.ask("Who built the mill?", threshold=0.0)
    marks = [int(number) for number in re.findall(r"\[(\d+)\]", quoted.text)]
    assert marks == [citation.number for citation in quoted.citations] == list(range(1, len(marks) + 1))
    assert "[7]" in quoted.citations[0].quote


def test_sentences_that_follow_each_other_are_one_citation(town: Asking) -> None:
    quoted = town.ask("What happened in the storm, was anybody hurt, and what did the repair cost?", threshold=0.0)
    spans = sorted((c.source, c.start, c.end) for c in quoted.citations)
    for (source, _, end), (other, start, _) in itertools.pairwise(spans):
        assert source != other or LIGHTHOUSE[end:start].strip(" \n") or "\n\n" in LIGHTHOUSE[end:start]


def test_a_very_long_sentence_is_narrowed_to_what_answers(asking) -> None:  # type: ignore[no-untyped-def]
    clauses = "; ".join(f"station {n} was opened in {1900 + n} and measures rain every hour" for n in range(30))
    town = asking(stations_txt=f"Of the stations, {clauses}.")
    quoted = town.ask("When was station 22 opened?", threshold=0.0)
    assert all(len(citation.quote) <= 600 for citation in quoted.citations)
    assert "station 22 was opened in 1922" in quoted.text


def test_what_changed_under_the_question_is_not_quoted(town: Asking) -> None:
    doc = town.documents["/bakery.txt"]
    stale = passage(document("bakery.txt", "The bakery opens at nine now. " + BAKERY), 0, 29)
    gone = passage(document("gone.txt", BAKERY), 0, 38)
    quoted = town.answer("When does the bakery open?", [stale, gone], threshold=0.0)
    assert quoted.status == "not_found"
    fresh = town.answer("When does the bakery open?", [stale, gone, passage(doc, 0, len(BAKERY) - 1)], threshold=0.0)
    assert "six in the morning" in fresh.text


def test_a_follow_up_is_answered_with_what_it_leans_on(town: Asking) -> None:
    history = [{"role": "user", "content": "Who was the last keeper of the Skerry lighthouse?"}]
    quoted = town.ask(search_for("And when did he leave?", history), threshold=0.0)  # type: ignore[list-item]
    assert "1988" in quoted.text


@pytest.mark.parametrize(
    "question", ["?", "the of and", "灯台はいつ建てられましたか", "Когда построен маяк?", "1871", "a" * 3000, "🗼"]
)
def test_odd_questions_get_an_answer_or_plain_words(town: Asking, question: str) -> None:
    for threshold in (0.0, 0.5, 1.0):
        quoted = town.ask(question, threshold)
        assert quoted.text
        assert 0 <= quoted.confidence <= 1
        assert (quoted.status == "answered") == bool(quoted.citations)


def test_without_passages_nothing_is_found(town: Asking) -> None:
    quoted = town.answer("When was the lighthouse built?", [])
    assert (quoted.status, quoted.confidence, quoted.citations) == ("not_found", 0.0, ())


ODD = st.text(
    st.sampled_from("abc ABC 123 .!?;:,\n\n\t\r|#*-[]()<>éß漢字🙂\u200b\u2028\u00a0‮\x0b\x0c"), min_size=1, max_size=400
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ODD, kind=st.sampled_from(["txt", "md", "csv"]), cut=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_every_quote_is_the_documents_text(asking, text: str, kind: str, cut: tuple[float, float]) -> None:  # type: ignore[no-untyped-def]
    town = asking(**{f"odd_{kind}": text})
    [doc] = town.documents.values()
    start, end = sorted(int(share * len(text)) for share in cut)
    found = [passage(doc, start, end), passage(doc, 0, len(text))] if end > start else [passage(doc, 0, len(text))]
    quoted = town.answer("What is abc 123?", found, threshold=0.0)
    shown = re.findall(r"\w+", quoted.text)
    for citation in quoted.citations:
        assert doc.text[citation.start : citation.end] == citation.quote
        assert citation.quote.strip()
        assert all(word in shown for word in re.findall(r"\w+", citation.quote))
    marks = [int(number) for number in re.findall(r"\[(\d+)\]", quoted.text)]
    assert marks == [citation.number for citation in quoted.citations]


def test_sentences_that_come_to_adjoin_are_one_quote_in_the_place_of_the_best() -> None:
    sentences = [
        "Alma sailed to Riga.",
        "She was painted red.",
        "She was sold in 1950.",
        "Fish was cheap.",
        "Otto wept.",
    ]
    text = " ".join(sentences)
    nothing = np.zeros((0, 0), np.float32)
    found = []
    for index, sentence in enumerate(sentences):
        start = text.index(sentence)
        found.append(Candidate(0, index, "a.txt", start, start + len(sentence), sentence, nothing, (), (), nothing))
    document = Document(source="a.txt", text=text, kind="text", sha256="")
    quotes = joined([found[i] for i in (4, 0, 2, 1)], lambda _: document)
    assert [quote.text for quote in quotes] == ["Otto wept.", " ".join(sentences[:3])]
