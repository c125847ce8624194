"""Ranking: what moves a candidate up, and which chunks make a passage together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.ranking import Place, bm25, gather, rank, rare_words, without_common

EVEN = np.full(3, 0.4, dtype=np.float32)


def best(question: str, texts: list[str], similarities: list[float] | None = None) -> int:
    cosines = np.array(similarities or [0.4] * len(texts), dtype=np.float32)
    return int(np.argmax(rank(question, texts, cosines)))


def test_the_nearer_of_equal_texts_is_first() -> None:
    assert best("Where is it?", ["the same", "the same"], [0.3, 0.5]) == 1


def test_a_text_that_holds_the_words_beats_one_that_is_a_little_nearer() -> None:
    texts = ["The boiler needs care.", "Error E42 means the boiler is too hot.", "A boiler heats water."]
    assert best("What does error E42 of the boiler mean?", texts, [0.5, 0.45, 0.5]) == 1


def test_other_forms_of_a_word_count() -> None:
    assert best("Which policies were adopted?", ["The weather was fine.", "One policy, adopting the rule."]) == 1


def test_stop_words_do_not_count() -> None:
    assert best("What is the capital of it?", ["It is what the is of the.", "Its capital."]) == 1


def test_a_word_that_few_candidates_hold_counts_more() -> None:
    scores = bm25({"boiler": 1.0, "valve": 1.0}, [["boiler"], ["boiler"], ["boiler"], ["valve"]])
    assert scores[3] > scores[0] > 0


def test_a_word_of_less_weight_counts_less() -> None:
    scores = rank({"coast": 1.0, "bird": 0.3}, ["bird", "coast", "none"], EVEN)
    assert scores[1] > scores[0] > scores[2]


def test_a_neighbour_is_lifted_and_no_one_is_put_down() -> None:
    texts = ["The summit was in Hanoi.", "They spoke for two days.", "They spoke for two days."]
    alone = rank("Where was the Hanoi summit?", texts, EVEN)
    beside = rank("Where was the Hanoi summit?", texts, EVEN, [(1, 0, 24), (1, 24, 48), (2, 24, 48)])
    assert alone[0] > beside[1] > alone[1]
    assert beside[0] == alone[0]
    assert beside[2] == alone[2]


def test_there_may_be_no_candidate_and_no_word() -> None:
    assert rank("Where?", [], np.zeros(0, dtype=np.float32)).shape == (0,)
    assert rank("?", ["a", "b", "c"], EVEN).tolist() == pytest.approx([0.24] * 3)


@given(st.lists(st.tuples(st.text(max_size=20), st.floats(-1, 1)), max_size=8), st.text(max_size=20))
def test_scores_lie_between_zero_and_one(candidates: list[tuple[str, float]], question: str) -> None:
    cosines = np.array([cosine for _, cosine in candidates], dtype=np.float32)
    places = [(1, 10 * row, 10 * row + 10) for row in range(len(candidates))]
    scores = rank(question, [text for text, _ in candidates], cosines, places)
    assert scores.shape == cosines.shape
    assert ((scores >= 0) & (scores <= 1)).all()


def chunks(*numbers: int, document: int = 1) -> list[Place]:
    return [(document, 100 * number, 100 * number + 100) for number in numbers]


def gathered(places: list[Place], k: int = 5, size: int = 100) -> list[list[int]]:
    return gather(range(len(places)), places, lambda _: size, k, 120, 254)


def test_chunks_that_adjoin_make_one_passage_in_reading_order() -> None:
    assert gathered(chunks(7, 3, 6)) == [[2, 0], [1]]
    assert gathered(chunks(7, 3, 8)) == [[0, 2], [1]]


def test_chunks_of_other_documents_and_of_other_places_stay_apart() -> None:
    assert gathered([*chunks(1), *chunks(2, document=2), *chunks(3)]) == [[0], [1], [2]]


def test_a_passage_never_outgrows_the_model() -> None:
    assert gathered(chunks(1, 2, 3)) == [[0, 1], [2]]


def test_as_many_passages_as_asked_for_and_no_more() -> None:
    apart = chunks(*range(0, 40, 2))
    assert gathered(apart, k=3) == [[0], [1], [2]]
    assert gathered(apart, k=5, size=120) == [[0], [1], [2], [3], [4]]
    assert gathered(apart[:2], k=5) == [[0], [1]]
    assert gathered([], k=5) == []


def test_chunks_join_only_while_there_is_room_for_as_many_passages_as_were_asked_for() -> None:
    pairs = chunks(1, 2, 11, 12, 21, 22, 31, 32)
    assert gathered(pairs, k=4, size=120) == [[0], [1], [2], [3]]
    assert gathered(pairs, k=4, size=90) == [[0, 1], [2], [3], [4, 5]]
    assert gathered(pairs, k=4, size=60) == [[0, 1], [2, 3], [4, 5], [6, 7]]


def test_sizes_are_asked_of_the_best_alone() -> None:
    asked: list[int] = []

    def size(candidate: int) -> int:
        asked.append(candidate)
        return 100

    gather(range(50), chunks(*range(0, 100, 2)), size, 2, 120, 254)
    assert asked == [0, 1, 2]


def test_rare_words_come_rarest_first_and_common_and_unknown_ones_not_at_all() -> None:
    frequencies = {"boiler": 150, "e42": 3, "valve": 40, "error": 900}
    assert rare_words(["error", "e42", "boiler", "valve", "valve", "missing"], frequencies, 10_000) == [
        "e42",
        "valve",
        "boiler",
    ]


def test_words_are_asked_for_while_few_enough_chunks_hold_them() -> None:
    frequencies = {"ferry": 6000, "kiln": 3000, "quarry": 12_000, "norrheim": 900}
    assert rare_words(frequencies, frequencies, 1_000_000) == ["norrheim", "kiln"]
    assert rare_words(["ferry", "kiln"], {"ferry": 6000, "kiln": 5000}, 1_000_000) == ["kiln"]


def test_in_a_small_library_every_word_is_rare_enough() -> None:
    assert rare_words(["bird", "coast"], {"bird": 20, "coast": 4}, 25) == ["coast", "bird"]


def test_a_word_that_stands_in_most_candidates_is_left_out_of_the_question() -> None:
    texts = 3 * ["Orrin's boat sank.", "Orrin wrote a letter.", "Orrin kept quiet.", "A boat was sold."]
    assert without_common("When did Orrin write a will?", texts) == "When did write a will?"
    assert without_common("Who kept bees?", texts) is None
    assert without_common("Orrin?", texts) is None
    assert without_common("When is it?", texts) is None
    assert without_common("Orrin の手紙はいつですか", texts) is None  # what has no spaces is not one word


def test_of_two_candidates_no_word_is_common() -> None:
    assert without_common("Who captained the ferry Alma?", ["The ferry Alma had one captain.", "The tug Otto."]) is None
