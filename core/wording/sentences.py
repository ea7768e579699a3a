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
from core.wording.english import ENGLISH
from core.wording.language import Language
from core.wording.style import PLAIN, Style


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text`` says what is the matter, ``advice`` leads up to the ``command`` that helps, where one does."""

    text: str
    advice: str = ""
    command: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.text, self.advice, self.command) if part)


def finding_sentence(finding: Finding, style: Style = PLAIN, language: Language = ENGLISH) -> Sentence:
    """What speaks against a signal, with its numbers."""
    text = language.findings[type(finding.facts)](finding.facts, style)
    advice = language.finding_advice.get(type(finding.facts))
    if finding.remedy is None or advice is None:
        return Sentence(text)
    return Sentence(text, advice(finding.remedy), finding.remedy.command)


def problem_sentence(problem: Unavailable, style: Style = PLAIN, language: Language = ENGLISH) -> Sentence:
    """Why there is no signal."""
    text = problem_text(problem.facts, style, language)
    if problem.remedy is None:
        return Sentence(text)
    return Sentence(text, language.problem_advice[type(problem.facts)](problem.facts, style), problem.remedy.command)


def problem_text(
    facts: ModelProblem | CandleProblem | LateCandles | MissingCandles,
    style: Style = PLAIN,
    language: Language = ENGLISH,
) -> str:
    """Why a model or candles are not there or not current, without what helps."""
    return language.problems[type(facts)](facts, style)


def notice_text(notice: MarketNotice, style: Style = PLAIN, language: Language = ENGLISH) -> str:
    """What users of a market that is not a live exchange must be told."""
    return language.notices[type(notice)](notice, style)


def ledger_text(trouble: LedgerTrouble, style: Style = PLAIN, language: Language = ENGLISH) -> str:
    """What is the matter with the ledger."""
    return language.ledger[type(trouble)](trouble, style)


def error_text(error: CandorError, style: Style = PLAIN, language: Language = ENGLISH) -> str:
    """What an error says: its facts in a sentence where it has some, otherwise its own words."""
    if error.facts is not None:
        return language.problems[type(error.facts)](error.facts, style)
    return error.message if error.path is None else error.message.replace("{path}", style.path(str(error.path)))


def shipping_rule(least_candles: int, language: Language = ENGLISH) -> str:
    """What it takes for a model to ship, as a clause."""
    return language.shipping_rule(least_candles)


def tested_sentence(facts: WhatWasTested, style: Style = PLAIN, language: Language = ENGLISH) -> str:
    """Which model a test's figures are of, and until when the one that speaks was trained."""
    return language.tested(facts, style)


def confluence_sentence(
    agreed: Confluence | MoveConfluence | SideConfluence | Veto, style: Style = PLAIN, language: Language = ENGLISH
) -> str:
    """What a coin's timeframes say together: their calls, when, which way, or why the longest has the last word."""
    return language.confluence[type(agreed)](agreed, style)


def run_sentence(run: BarrierRun, style: Style = PLAIN, language: Language = ENGLISH) -> str:
    """How much of the way to a barrier the price has gone since a call."""
    return language.run(run, style)
