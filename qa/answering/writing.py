"""A chat model's reply -> an answer whose every sentence was compared with the documents.

Numbers become citations here, never in the model: each mark of the answer points at the words of a document that come
nearest to the sentence before it. What no passage says is marked so, and where that is most of it, the quotes that
Quoth would have answered with stand above.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from qa.answering.citations import DocumentOf, cite, shown
from qa.answering.facts import content
from qa.answering.given import likely, replaces
from qa.answering.locating import locate
from qa.answering.quotes import Reading, not_found, quote, unknown_words
from qa.answering.replies import Said, sentences
from qa.answering.support import WEAK, Evidence, Verdict
from qa.types import Citation, Passage, Sentence, Status, Support

WORTH = {"supported": 1.0, "weak": 0.5, "unsupported": 0.0}
"""What a sentence counts for in the confidence."""

MOSTLY = 0.5
"""Share of the sentences' worth up to which the quotes stand above what the model wrote: no better than all weak. They
do as well where nothing that is supported says what the best quote does: then one of the two is beside the point."""

NEAREST = "The model found no answer. Nearest in the documents:"
"""What stands before the quotes where a model says that the documents do not answer, and Quoth would have said them."""

NOTHING = "The model wrote no answer. The documents say:"
"""What stands before the quotes where a model says nothing."""

_QUOTES_ABOVE = "quotes stand above what it wrote, and the confidence is theirs"
_NEW = "a new text was asked for, which is marked, and not refused where the documents do not have it"
_MEAN = "the confidence is the mean of the documents' and of what comparing its sentences came to"
_OF_TEXTS = frozenset(content("passage document text context mention say state describe discuss question answer"))
_ABOUT_TEXTS = re.compile(
    r"(?:(?:the|these|this|all|both|provided|given) )*(?:passages?|documents?|texts?|excerpts?)(?: \d+)?(?: also)?"
    r" (?:(?:is|are) about|provides?|mentions?|describes?|discuss(?:es)?|contains?|includes?|offers?|gives?)\b"
    r"(?! that\b)",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"[.!?…。！？][*_\"”»')\]]*$")
_YES_OR_NO = re.compile(r"(?:yes|no|true|false)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """An answer that a model wrote, checked; fields as in `Answer`, worth and why as in `Writing`."""

    text: str
    status: Status
    confidence: float
    citations: tuple[Citation, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    unknown_words: tuple[str, ...] = ()
    worth: float | None = None
    why: str = ""


@dataclass(slots=True)
class _Text:
    """An answer's text as it is put together, with its citations, each place once, and its sentences."""

    document_of: DocumentOf
    text: str = ""
    citations: list[Citation] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)

    def number(self, source: str, start: int, end: int) -> int | None:
        """The number of this place, which is cited if it was not; None where the document has gone."""
        for citation in self.citations:
            if citation.source == source and citation.start <= start and end <= citation.end:
                return citation.number
        try:
            words = self.document_of(source).text[start:end]
        except LookupError:
            return None
        found = cite(len(self.citations) + 1, source, start, end, words, self.document_of)
        if found is None:
            return None
        self.citations.append(found)
        return found.number

    def add(self, said: Said, verdict: Verdict, numbers: Sequence[int]) -> None:
        """Add a sentence with its marks."""
        marks = " ".join(f"[{number}]" for number in numbers)
        written = f"{shown_sentence(said.text)}{' ' if marks else ''}{marks}"
        self.text += said.lead if self.text else said.lead.lstrip()
        start = len(self.text)
        self.text += written
        self.sentences.append(
            Sentence(start, len(self.text), verdict.support, round(verdict.score, 3), verdict.reasons)
        )


def write(
    reply: str,
    reading: Reading,
    evidence: Evidence,
    passages: Sequence[Passage],
    threshold: float,
    document_of: DocumentOf,
    *,
    new: bool = False,
    cut: bool = False,
) -> Written:
    """The checked answer that a reply comes to.

    passages: those that the model was shown, in the order of their numbers. The status is "not_found" where the reply
    says that the documents do not answer (with the quotes as the nearest, where these are sure), or where too little of
    it is in them; a reply that says nothing leaves it to the quotes. confidence is the mean of the probability that the
    documents answer and of the sentences' worth; no fit stands behind it.
    new: a text was asked for that stands in no document, a letter: it is marked, but neither refused nor led by quotes.
        It may say that the documents do not have something; only where it says nothing else is it no text.
    cut: the model did not end by itself, so that the last sentence may not be whole, and then is at most weak.
    """
    said = sentences(reply, len(passages))
    quoted = quote(reading, math.inf if new else threshold, document_of)
    if not said and quoted.status == "answered":  # it did not say either that the documents do not answer
        text, why = f"{NOTHING} {quoted.text}", "it wrote nothing; the quotes and the confidence are Quoth's"
        return Written(text, "answered", quoted.confidence, quoted.citations, why=why)
    telling = [one for one in said if not one.refuses]
    asked = reading.question.text
    verdicts = [evidence.check(one.claim, {number - 1 for number in one.cited}) for one in telling]
    verdicts = [
        _with_quotes(one, verdict, passages, document_of) for one, verdict in zip(telling, verdicts, strict=True)
    ]
    partly = len(telling) < len(said)
    if not telling or (partly and not new and not any(verdict.support == "supported" for verdict in verdicts)):
        # What the model could not find, the quotes do not claim either; where they are sure, they are shown as nearest.
        none = refused(
            reading, min(reading.confidence, threshold) / 2, why="it found no answer that the documents support"
        )
        if quoted.status != "answered":
            return none
        return replace(none, text=f"{NEAREST} {quoted.text}", citations=quoted.citations)
    verdicts = [_adding(one, verdict, asked) for one, verdict in zip(telling, verdicts, strict=True)]
    verdicts = [_likely(one, verdict, reading, evidence) for one, verdict in zip(telling, verdicts, strict=True)]
    if cut and telling[-1] is said[-1] and not _WHOLE.search(said[-1].text):
        verdicts[-1] = _broken(verdicts[-1])
    worth = sum(WORTH[verdict.support] for verdict in verdicts) / len(verdicts)
    made = _Text(document_of)
    above = quoted.status == "answered" and (
        worth <= MOSTLY or not _in_place_of(quoted.citations[0], telling, verdicts, reading)
    )
    if above:
        made.text, made.citations = f"{quoted.text}\n\n", list(quoted.citations)
    by_sentence = iter(zip(telling, verdicts, strict=True))
    for one in said:
        if one.refuses:
            made.add(one, Verdict("weak", 0.0, None, ("it says that the documents do not say something",)), ())
        else:
            told, verdict = next(by_sentence)
            made.add(told, verdict, _numbers(told, verdict, evidence, passages, made))
    confidence = reading.confidence if above else (reading.confidence + worth) / 2
    if not new and (confidence < threshold or not made.citations):
        return refused(
            reading, min(confidence, threshold / 2), worth, "too little of what it wrote is in the documents"
        )
    return Written(
        made.text,
        "answered",
        confidence,
        tuple(made.citations),
        tuple(made.sentences),
        quoted.unknown_words,
        worth,
        _NEW if new else _QUOTES_ABOVE if above else _MEAN,
    )


def _in_place_of(citation: Citation, telling: Sequence[Said], verdicts: Sequence[Verdict], reading: Reading) -> bool:
    """Whether supported sentences say what stands at this place, which Quoth itself would have quoted first."""
    resting = []
    for one, verdict in zip(telling, verdicts, strict=True):
        source, start, end = verdict.premise.span if verdict.premise else ("", 0, 0)
        if source == citation.source and start < citation.end and citation.start < end:
            resting += [one.text] if verdict.support == "supported" else []
    return bool(resting) and replaces(" ".join(resting), citation.quote, reading.question)


def refused(reading: Reading, confidence: float, worth: float | None = None, why: str = "") -> Written:
    """The answer that the documents do not answer, in Quoth's own words."""
    said = not_found(unknown_words(reading.question), confidence, reading.limited)
    return Written(said.text, said.status, said.confidence, unknown_words=said.unknown_words, worth=worth, why=why)


def _numbers(said: Said, verdict: Verdict, evidence: Evidence, passages: Sequence[Passage], made: _Text) -> list[int]:
    """The marks of a sentence: where its quotes stand, and what says most of it in each passage that it names."""
    if verdict.support == "unsupported":
        return []
    places = [place for words in said.quoted if (place := _place(words, said, passages, made.document_of))]
    for number in said.cited:
        premise, share = evidence.best_in(said.claim, number - 1)
        if premise and share >= WEAK:
            places.append(premise.span)
    if not places and verdict.premise:
        places.append(verdict.premise.span)
    return list(dict.fromkeys(found for place in places if (found := made.number(*place)) is not None))


def _adding(said: Said, verdict: Verdict, question: str) -> Verdict:
    """A sentence that says no more than the question did, or only what is to come or be read, is at most weak."""
    if verdict.support != "supported" or _YES_OR_NO.match(said.text):
        return verdict
    if said.text.endswith(":") or _ABOUT_TEXTS.match(said.text):
        why = "it says where something stands, and not what"
    elif set(content(said.claim)) <= set(content(question)) | _OF_TEXTS:
        why = "it says no more than the question"
    else:
        return verdict
    return replace(verdict, support="weak", reasons=(*verdict.reasons, why))


def _likely(said: Said, verdict: Verdict, reading: Reading, evidence: Evidence) -> Verdict:
    """A sentence that gives what another sentence of the documents is likelier to answer with is at most weak."""
    if verdict.support != "supported" or likely(said.claim, reading, evidence):
        return verdict
    why = "the documents say it, but another sentence of theirs answers the question rather than this"
    return replace(verdict, support="weak", reasons=(*verdict.reasons, why))


def _broken(verdict: Verdict) -> Verdict:
    """A sentence of which the rest is missing is at most weak: who knows how it would have gone on."""
    support: Support = "weak" if verdict.support == "supported" else verdict.support
    return replace(verdict, support=support, reasons=("it breaks off", *verdict.reasons))


def _with_quotes(said: Said, verdict: Verdict, passages: Sequence[Passage], document_of: DocumentOf) -> Verdict:
    """A sentence whose words in quotation marks stand nowhere is at most weak; one that changed a sign says so."""
    reasons = list(verdict.reasons)
    support: Support = verdict.support
    for words in said.quoted:
        place = _place(words, said, passages, document_of)
        if place is None:
            support = "unsupported" if verdict.support != "supported" else "weak"
            reasons.append(f"the documents do not have the words “{words[:60]}”")
        elif document_of(place[0]).text[place[1] : place[2]] not in words:
            reasons.append(
                "a quotation differs from the document in white space, hyphens or signs, or leaves words out"
            )
    return replace(verdict, support=support, reasons=tuple(reasons))


def _place(words: str, said: Said, passages: Sequence[Passage], document_of: DocumentOf) -> tuple[str, int, int] | None:
    """Where quoted words stand: in a passage that the sentence names, in another, or elsewhere in their documents."""
    for passage in _named_first(said, passages):
        if found := locate(words, passage.text):
            return passage.source, passage.start + found.start, passage.start + found.end
    for source in dict.fromkeys(passage.source for passage in _named_first(said, passages)):
        try:
            found = locate(words, document_of(source).text)
        except LookupError:
            continue
        if found:
            return source, found.start, found.end
    return None


def _named_first(said: Said, passages: Sequence[Passage]) -> list[Passage]:
    named = [passages[number - 1] for number in said.cited]
    return [*named, *(passage for passage in passages if passage not in named)]


def shown_sentence(text: str) -> str:
    """A sentence of a model as an answer shows it: its lines kept, and nothing in it that reads like a mark of ours."""
    lines = ((line, line[: len(line) - len(line.lstrip())]) for line in text.split("\n"))
    return "\n".join(f"{indent}{shown(line)}" for line, indent in lines)  # of code, which may mean by it
