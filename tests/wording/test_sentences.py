"""Every verdict and every problem has its words, plainly for programs and typeset for pages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest

from core.domain import Direction, Timeframe
from core.errors import BadCandles, MarketUnavailable
from core.findings import (
    AwaitingCandles,
    CandleProblem,
    Finding,
    FindingFacts,
    LedgerDamage,
    LedgerFault,
    LedgerTrouble,
    LedgerUnattended,
    LedgerUnreadable,
    LedgerUnwritable,
    MadeUpPrices,
    MarketNotice,
    MissingCandles,
    ModelProblem,
    OldPrices,
    TooFewCandles,
    TrainModels,
    Unavailable,
    UnavailableKind,
    UnderTheLine,
    Verdict,
)
from core.measured import WhatWasTested
from core.prediction import Confluence, Veto
from core.wording import facts as words
from core.wording.sentences import (
    confluence_sentence,
    error_text,
    finding_sentence,
    ledger_text,
    notice_text,
    problem_sentence,
    problem_text,
    what_was_tested_sentence,
)
from core.wording.style import PLAIN, TYPESET
from tests.wording.facts import BAD_FILE, BTC, FINDINGS, MEASURED, PROBLEMS, WHEN

ABSOLUTE_PATH = re.compile(r"(?<![\w.])/\w+/\w+/\w+/\w+")


def test_every_verdict_has_a_finding_here_and_every_kind_of_finding_its_words() -> None:
    assert {finding.verdict for finding in FINDINGS} == set(Verdict)
    assert {type(finding.facts) for finding in FINDINGS} == set(get_args(FindingFacts))
    assert set(words.FINDINGS) == set(get_args(FindingFacts))


def test_of_a_model_that_was_trained_on_all_days_are_named_by_one_convention() -> None:
    until, first, last = (datetime(2025, month, day, 12, tzinfo=UTC) for month, day in ((7, 6), (7, 7), (8, 31)))
    assert what_was_tested_sentence(WhatWasTested(until, first, last, last)) == (
        "Tested as trained until 2025-07-06, on 2025-07-07 to 2025-08-31; then trained on until 2025-08-31."
    )
    assert what_was_tested_sentence(WhatWasTested(until, first, last, None)) == (
        "Tested as it is, trained until 2025-07-06, on 2025-07-07 to 2025-08-31."
    )


def test_every_kind_of_problem_is_here_and_has_its_words() -> None:
    assert {problem.kind for problem in PROBLEMS} == set(UnavailableKind)
    assert {type(p.facts) for p in PROBLEMS} == set(get_args(ModelProblem)) | set(get_args(CandleProblem))
    assert set(words.PROBLEMS) >= set(get_args(ModelProblem)) | set(get_args(CandleProblem))
    assert {type(p.facts) for p in PROBLEMS if p.remedy is not None} == set(words.PROBLEM_ADVICE)


@pytest.mark.parametrize("finding", FINDINGS, ids=lambda finding: type(finding.facts).__name__)
def test_a_finding_is_a_sentence_in_both_styles(finding: Finding) -> None:
    plain, typeset = (finding_sentence(finding, style) for style in (PLAIN, TYPESET))
    for sentence in (plain, typeset):
        assert sentence.text[0].isupper() or sentence.text[0].isdigit() or "/" in sentence.text
        assert sentence.text.endswith(".")
    assert not set(str(plain)) & set("−\u00a0")
    assert not re.search(r"\d%|\s-\d|NO_TRADE", typeset.text)
    assert not ABSOLUTE_PATH.search(typeset.text)
    assert (plain.command != "") == (type(finding.facts) in words.FINDING_ADVICE)
    assert finding.remedy is not None or not plain.command


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: type(problem.facts).__name__)
def test_a_problem_is_a_sentence_in_both_styles(problem: Unavailable) -> None:
    for style in (PLAIN, TYPESET):
        sentence = problem_sentence(problem, style)
        assert sentence.text.endswith((".", "…"))
        assert str(sentence) == " ".join(p for p in (sentence.text, sentence.advice, sentence.command) if p)
        assert bool(sentence.advice) == bool(sentence.command) == (problem.remedy is not None)
    assert not ABSOLUTE_PATH.search(problem_sentence(problem, TYPESET).text)


def test_an_accuracy_just_under_the_line_never_looks_like_the_line() -> None:
    just_under = UnderTheLine(MEASURED.__class__(0.39978, 0.387, 0.413, 5360, Direction.LONG, 0.344), 0.40)
    assert "Right 39.98% of the time" in words.FINDINGS[UnderTheLine](just_under, PLAIN)
    assert PLAIN.share_below(0.3961, 0.40) == "39.6%"
    assert PLAIN.share_below(0.39999999, 0.40) == "39.9999%"  # four digits are the most anybody reads


def test_a_remedy_is_one_command_for_all_its_coins() -> None:
    command = TrainModels(("BTCUSDT", "ETHUSDT"), Timeframe.H4, anew=True).command
    assert command == (
        "python scripts/train_models.py --candles FOLDER --symbols BTCUSDT,ETHUSDT --timeframes 4h --force"
    )


def test_a_path_is_whole_for_programs_and_short_on_pages() -> None:
    assert problem_text(BAD_FILE).startswith("/srv/data/candles/BTCUSDT/15m.parquet: ")
    assert problem_text(BAD_FILE, TYPESET).startswith("candles/BTCUSDT/15m.parquet: ")
    assert TYPESET.path("models/BTCUSDT/15m") == "models/BTCUSDT/15m"


def test_an_error_with_facts_is_said_as_they_are_and_any_other_in_its_own_words(tmp_path) -> None:  # type: ignore[no-untyped-def]
    awaited = MarketUnavailable("not for people", facts=AwaitingCandles("simulated"))
    assert error_text(awaited) == "Waiting for the first candles of the simulated market."
    broken = BadCandles("{path} is empty.", tmp_path / "a" / "b" / "BTCUSDT" / "15m.parquet")
    assert error_text(broken) == str(broken)
    assert error_text(broken, TYPESET) == "b/BTCUSDT/15m.parquet is empty."


def test_one_candle_is_missing_and_two_are() -> None:
    late = next(finding.facts for finding in FINDINGS if finding.verdict is Verdict.STALE_DATA)
    assert problem_text(late) == "2 candles are missing since 2025-09-03 11:45 UTC. The exchange is down."  # type: ignore[arg-type]
    one = MissingCandles(1, WHEN)
    assert problem_text(one) == "1 candle is missing since 2025-09-03 11:45 UTC and asked for in vain."
    needed = "a prediction needs 147, the next 98 closed candles will do."
    assert (
        problem_text(TooFewCandles(BTC, 49, 147, None)) == f"BTCUSDT has 49 15m candles without a gap so far; {needed}"
    )
    assert problem_text(TooFewCandles(BTC, 49, 147, one)) == (
        "BTCUSDT has 49 15m candles without a gap since the last gap (1 candle is missing from 2025-09-03 11:45 UTC on); "
        + needed
    )


def test_confluence_says_who_is_on_which_side_who_vetoes_and_who_is_doubtful() -> None:
    m15, day = Timeframe.M15, Timeframe.D1
    agreed = Confluence(0.2, Direction.LONG, 0.2, (m15,), (m15,), (m15, day), (), None)
    assert confluence_sentence(agreed) == "Calls LONG on 15m: 1 of 2 that count. Doubtful: 15m."
    veto = Veto(day, Direction.SHORT, 0.412, Direction.LONG)
    vetoed = Confluence(0.2, Direction.LONG, 0.2, (m15,), (), (m15, day), (Timeframe.H1,), veto)
    assert vetoed.direction is Direction.NO_TRADE
    assert confluence_sentence(vetoed, TYPESET) == (
        "1d calls SHORT at 41\u00a0%, against the LONG of the shorter timeframes: it vetoes them. "
        "Not counted, weak model: 1h."
    )


def test_every_market_that_is_not_live_says_so() -> None:
    assert set(words.NOTICES) == set(get_args(MarketNotice))
    assert set(words.LEDGER) == set(get_args(LedgerTrouble))
    assert notice_text(MadeUpPrices()) == "Simulated market: these prices are not real."
    days = notice_text(OldPrices("2025-06-02", "2025-06-04"))
    assert days == "Recorded market: real candles of 2025-06-02 to 2025-06-04, played back; not today's prices."
    assert "real candles of 2025-06-04, played" in notice_text(OldPrices("2025-06-04", "2025-06-04"))


def test_what_is_the_matter_with_the_ledger_is_said_with_its_numbers() -> None:
    full = "The ledger in {path} cannot be used: the disk is full; free some space."
    trouble = LedgerUnwritable(full, "/srv/candor/data/ledger.db", datetime(2026, 1, 7, 12, 3, tzinfo=UTC), 1, 0)
    assert ledger_text(trouble) == (
        "What is shown has not been recorded since 2026-01-07 12:03 UTC: The ledger in /srv/candor/data/ledger.db "
        "cannot be used: the disk is full; free some space. 1 entry waits."
    )
    assert "in candor/data/ledger.db cannot" in ledger_text(trouble, TYPESET)
    assert ledger_text(replace(trouble, waiting=20_000, lost=1234)).endswith(
        " 20,000 entries wait; 1,234 more were lost and will stand in it as missing."
    )
    since = datetime(2026, 1, 7, 12, 3, tzinfo=UTC)
    assert ledger_text(LedgerUnreadable("The server is away.", None, since)) == (
        "Whether what is shown has been recorded since 2026-01-07 12:03 UTC cannot be told: The server is away."
    )
    assert "12:03 UTC: 1 entry is lacking in the ledger. No feeder leads" in ledger_text(LedgerUnattended(since, 1))
    for fault in LedgerFault:
        assert ledger_text(LedgerDamage(1234, fault)).startswith("The ledger is not as it was written: entry 1,234 ")
