"""The features of the two regressions in words, for who asks why an answer is as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """label: what the feature is, in a few words. said: what a value says, with a place for it.

    "it" is the best sentence. full: the value of a good answer, where there is one: what is missing up to it
    speaks against an answer; of names it is what a question without any has.
    """

    label: str
    said: str
    full: float | None = None


SENTENCE: Mapping[str, str] = {
    "cosine": "near in meaning",
    "passage_cosine": "its passage near in meaning",
    "passage_lead": "its passage's place",
    "share_lead": "more of its words than others",
    "share_gain_before": "other words just before",
    "names": "has its names",
    "late": "like it word by word",
    "late_lead": "like it more than others",
    "asked_lead": "near what is asked for",
    "typed": "has what kind of thing is asked",
    "number": "has a number",
    "date": "has a date",
    "person": "has a name",
    "place": "has a place",
    "length": "its length",
    "asks": "asks itself",
    "agrees": "its year or code",
    "repeats": "was just said",
}
"""The features of a sentence, by their names in the model. "like it", "its words": the question's."""

QUESTION: Mapping[str, Wording] = {
    "best_two": Wording("chance of the best two together", "one of the two best says it with a chance of {:.0%}", 1.0),
    "cosine": Wording("nearest passage in meaning", "the passage nearest in meaning is {:.2f} of 1 near"),
    "sentence_cosine": Wording("nearest sentence in meaning", "the sentence nearest in meaning is {:.2f} of 1 near"),
    "share_passage": Wording("question's words in its passage", "its passage has {:.0%} of the question's words", 1.0),
    "names_passage": Wording("question's names in its passage", "its passage has {:.0%} of the question's names", 0.5),
    "others_passage": Wording(
        "what is asked about them, in its passage", "what is asked, beside the names, is {:.2f} of 1 near to it"
    ),
    "late_spread": Wording("one passage matches better than others", "one passage matches better, by {:.2f}"),
    "stands_out": Wording("best sentence above the others", "it stands out among the sentences: {:.1f} spreads"),
    "window": Wording("nearest few words side by side", "the nearest words side by side match by {:.2f}"),
    "explained": Wording("how much of it is about the question", "its words are {:.2f} near to the question's"),
    "number_missing": Wording("lacks a number of the question", "it lacks a number, year or code of the question"),
    "typed_missing": Wording("lacks the kind of thing asked for", "it lacks the kind of thing that is asked for"),
    "pairs": Wording("question's word pairs in it", "it has {:.0%} of the question's pairs of words", 1.0),
    "terms": Wording("length of the question", "the question has several words"),
    "contradicted": Wording("about another year or code", "it is about another year or code than the question"),
    "code_share": Wording("has the code asked for", "it is about the code that is asked for"),
}
"""The features of a question with what was found for it, by their names in the model."""


def sentence_label(name: str) -> str:
    """What a feature of a sentence is, in a few words."""
    return SENTENCE.get(name) or name.replace("_", " ")


def question_label(name: str) -> str:
    """What a feature of the decision is, in a few words."""
    return QUESTION[name].label if name in QUESTION else name.replace("_", " ")


def speaking_for(values: Mapping[str, float], coefficients: Mapping[str, float], most: int) -> tuple[str, ...]:
    """The features that did most for an answer, in words, with what each added to the logit."""
    given = {name: coefficients[name] * value for name, value in values.items()}
    best = sorted((name for name in given if given[name] > 0), key=lambda name: -given[name])
    return tuple(f"{_said(name, values[name])} (+{given[name]:.1f})" for name in best[:most])


def speaking_against(values: Mapping[str, float], coefficients: Mapping[str, float], most: int) -> tuple[str, ...]:
    """The features that an answer lacked most, in words, with what the logit lost by each.

    What is lost is a negative contribution, or how much more the value of a good answer would have added.
    """
    lost: dict[str, float] = {}
    for name, value in values.items():
        full = QUESTION[name].full if name in QUESTION else None
        contribution = coefficients[name] * value
        lost[name] = -contribution if full is None else coefficients[name] * full - contribution
    worst = sorted((name for name in lost if lost[name] > 0), key=lambda name: -lost[name])
    return tuple(f"{_said(name, values[name])} (−{lost[name]:.1f})" for name in worst[:most])


def _said(name: str, value: float) -> str:
    return QUESTION[name].said.format(value) if name in QUESTION else f"{question_label(name)}: {value:.2f}"
