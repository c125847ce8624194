"""English verbs that documents tell of events with, and the forms of the past that they are told in."""

from __future__ import annotations

import re

_IRREGULAR = """
    become became become/begin began begun/break broke broken/bring brought brought/build built built/buy bought bought
    choose chose chosen/come came come/cut cut cut/draw drew drawn/fall fell fallen/fight fought fought
    find found found/flee fled fled/fly flew flown/forbid forbade forbidden/get got got/give gave given/go went gone
    hold held held/keep kept kept/lay laid laid/lead led led/leave left left/lose lost lost/make made made/meet met met
    pay paid paid/plan planned planned/put put put/rise rose risen/see saw seen/sell sold sold/send sent sent
    set set set/shut shut shut/sink sank sunk/speak spoke spoken/spend spent spent/split split split
    stop stopped stopped/take took taken/win won won/withdraw withdrew withdrawn/write wrote written
"""
_REGULAR = """
    abandon abolish accept achieve acquire adopt agree announce appear appoint approve arrest arrive ask attack award
    ban call  capture carry celebrate change close collapse compose confirm conquer convict create cross
    crown declare defeat deliver demand describe design destroy develop die direct disappear discover dismantle dismiss
    dissolve divide drop elect emerge enact end enter establish expand expel explode fail fire follow form found
    graduate identify impose import inherit inspire introduce invade invent invite join kill land last launch learn
    lower marry move name nominate occupy offer open order paint patent pass perform postpone present produce promise
    propose prove publish purchase raise reach receive recognise recognize record reduce refuse reject release remain
    remove rename renew reopen replace report require resign restore resume retire return reveal ruin sack sail seize
    serve settle shift show sign start strike succeed surrender suspend test transfer travel turn unveil use veto visit
    vote walk warn work
"""


def _regular_past(base: str) -> str:
    if base.endswith("e"):
        return f"{base}d"
    return f"{base[:-1]}ied" if re.search(r"[^aeiou]y$", base) else f"{base}ed"


_ROWS = [tuple(row.split()) for line in _IRREGULAR.splitlines() for row in line.split("/") if row.strip()]
_FORMS = [*_ROWS, *((base, _regular_past(base), _regular_past(base)) for base in _REGULAR.split())]
BASE = {past: base for base, past, _ in _FORMS}
PAST = {participle: past for _, past, participle in _FORMS}
