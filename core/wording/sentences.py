"""Facts in sentences: the one door to what Candor says of findings, problems and confluence."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import CandorError
from core.findings import (
    CandleProblem,
    Finding,
    LateCandles,
    LedgerTrouble,
    MarketNotice,
    MissingCandles,
    ModelProblem,
    Unavailable,
)
from core.measured import WhatWasTested
from core.prediction import BarrierRun, Confluence, MoveConfluence, SideConfluence, Veto
from core.wording.confluence import CONFLUENCE, confluence_in_short
from core.wording.errors import error_in_words
from core.wording.facts import (
    FINDING_ADVICE,
    FINDINGS,
    LEDGER,
    NOTICES,
    PROBLEM_ADVICE,
    PROBLEMS,
    Words,
)
from core.wording.language import in_a_row
from core.wording.notes import tested
from core.wording.run import barrier_run
from core.wording.style import PLAIN, Style, speaking_as


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text`` says what is the matter, ``advice`` leads up to the ``command`` that helps, where one does."""

    text: str
    advice: str = ""
    command: str = ""

    def __str__(self) -> str:
        return in_a_row(self.text, self.advice, self.command)


def finding_sentence(finding: Finding, style: Style = PLAIN) -> Sentence:
    """What speaks against a signal, with its numbers."""
    with speaking_as(style):
        text = FINDINGS[type(finding.facts)](finding.facts, style)
        advice = FINDING_ADVICE.get(type(finding.facts))
        if finding.remedy is None or advice is None:
            return Sentence(text)
        return Sentence(text, advice(finding.remedy), finding.remedy.command)


def problem_sentence(problem: Unavailable, style: Style = PLAIN) -> Sentence:
    """Why there is no signal."""
    text = problem_text(problem.facts, style)
    if problem.remedy is None:
        return Sentence(text)
    with speaking_as(style):
        return Sentence(text, PROBLEM_ADVICE[type(problem.facts)](problem.facts, style), problem.remedy.command)


def problem_text(facts: ModelProblem | CandleProblem | LateCandles | MissingCandles, style: Style = PLAIN) -> str:
    """Why a model or candles are not there or not current, without what helps."""
    return _sentence(PROBLEMS, facts, style)


def notice_text(notice: MarketNotice, style: Style = PLAIN) -> str:
    """What users of a market that is not a live exchange must be told."""
    return _sentence(NOTICES, notice, style)


def ledger_text(trouble: LedgerTrouble, style: Style = PLAIN) -> str:
    """What is the matter with the ledger."""
    return _sentence(LEDGER, trouble, style)


def error_text(error: CandorError, style: Style = PLAIN) -> str:
    """What an error says: its facts in a sentence where it has some, otherwise its own words."""
    if error.facts is not None:
        return _sentence(PROBLEMS, error.facts, style)
    with speaking_as(style):
        text = error_in_words(error.message)
    return text if error.path is None else text.replace("{path}", style.path(str(error.path)))


def what_was_tested_sentence(facts: WhatWasTested, style: Style = PLAIN) -> str:
    """Which model a test's figures are of, and until when the one that speaks was trained."""
    with speaking_as(style):
        return tested(facts)


def confluence_sentence(agreed: Confluence | MoveConfluence | SideConfluence | Veto, style: Style = PLAIN) -> str:
    """What a coin's timeframes say together: their calls, when, which way, or why the longest has the last word."""
    return _sentence(CONFLUENCE, agreed, style)


def confluence_line(agreed: Confluence, style: Style = PLAIN) -> str:
    """What their calls say, in short, for a line of a table."""
    with speaking_as(style):
        return confluence_in_short(agreed, style)


def run_sentence(run: BarrierRun, style: Style = PLAIN) -> str:
    """How much of the way to a barrier the price has gone since a call."""
    with speaking_as(style):
        return barrier_run(run, style)


def _sentence(words: Words, facts: object, style: Style) -> str:
    with speaking_as(style):
        return words[type(facts)](facts, style)
