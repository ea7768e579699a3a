"""A change is said in words, with what was said before; its row leads to its candle, and a file says the same in numbers."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

from core.domain import Series, Timeframe
from core.journal.changes import Change, ChangeKind, Statement
from core.market.candles import unix_ms
from core.measured import Proof
from pages.components.changes.filters import PARAMETERS, ChangeFilters, read_filters
from pages.components.changes.rows import change_rows, changes_csv
from pages.components.changes.sentences import found_sentence, nothing_sentence
from pages.components.shared.parameters import unusable_in

NOON = datetime(2025, 9, 3, 12, 0, tzinfo=UTC)
H1 = Timeframe.H1


def statement(number: int, symbol: str = "BTCUSDT", timeframe: Timeframe = H1, **changes) -> Statement:
    opened = NOON + timeframe.duration * number
    proofs = {"timing_proof": Proof.PROVEN, "side_proof": Proof.PROVEN}
    plain = {"move": 0.58, "usual": 0.68, "long": 0.5, "verdict": "trusted"} | proofs | changes
    times = unix_ms(opened), unix_ms(opened + timeframe.duration)
    return Statement(number, Series(symbol, timeframe), *times, "one", **plain)


LIKELIER = Change(statement(0), statement(1, move=0.74, long=0.48, verdict="stale_data"))
QUIETER = Change(statement(2, "ETHUSDT", Timeframe.M15, move=0.7), statement(3, "ETHUSDT", Timeframe.M15))


def test_a_row_says_what_was_and_what_is_and_leads_to_its_candle() -> None:
    [row] = change_rows([LIKELIER])
    assert row["changed"] == [
        ["Band", "Quiet", "Move likely"],
        ["Side", "unclear", "leans SHORT\u00a052\u00a0%"],
        ["Verdict", "Trusted", "Stale candles"],
    ]
    assert row["shares"] == [
        "P(move) 58\u00a0% → 74\u00a0%, usually 68\u00a0%",
        "LONG 50\u00a0% → 48\u00a0% if it moves",
    ]
    assert row["link"] == {"symbol": "BTCUSDT", "timeframe": "1h", "candle": "2025-09-03T13:00"}
    assert (row["at"], row["coin"], row["band"]) == ("2025-09-03 14:00 UTC", "BTC", "likely")


def test_shares_that_round_alike_are_told_apart_and_so_is_what_is_usual_of_another_model() -> None:
    [near] = change_rows([Change(statement(0, move=0.6504), statement(1, move=0.6496))])
    assert near["shares"][0] == "P(move) 65.04\u00a0% → 64.96\u00a0%, usually 68\u00a0%"
    [nearer] = change_rows([Change(statement(0, move=0.652), statement(1, move=0.649))])
    assert nearer["shares"][0] == "P(move) 65.2\u00a0% → 64.9\u00a0%, usually 68\u00a0%"
    [other] = change_rows([Change(statement(0, move=0.65, usual=0.7), statement(1, move=0.65, usual=0.66))])
    assert other["shares"][0] == "P(move) 65\u00a0% → 65\u00a0%, usually 70\u00a0% → 66\u00a0%"


def test_a_change_of_the_side_alone_says_its_shares() -> None:
    [row] = change_rows([Change(statement(0, long=0.488), statement(1, long=0.512))])
    assert row["changed"] == [["Side", "leans SHORT\u00a051\u00a0%", "leans LONG\u00a051\u00a0%"]]
    assert row["shares"] == ["LONG 49\u00a0% → 51\u00a0% if it moves"]


def test_a_side_that_is_no_longer_clear_has_the_decimals_that_bear_it_out() -> None:
    [row] = change_rows([Change(statement(0, long=0.571), statement(1, long=0.546))])
    assert row["changed"] == [["Side", "LONG\u00a057\u00a0%", "leans LONG\u00a054.6\u00a0%"]]
    assert row["shares"] == ["LONG 57.1\u00a0% → 54.6\u00a0% if it moves"]


def test_a_band_that_changed_has_the_decimals_that_bear_it_out() -> None:
    """78 % → 76 % beside 71 % would both be five points above it."""
    [row] = change_rows([Change(statement(0, move=0.7768, usual=0.7136), statement(1, move=0.76, usual=0.7136))])
    assert row["changed"][0] == ["Band", "Move likely", "Usual"]
    assert row["shares"] == ["P(move) 77.7\u00a0% → 76.0\u00a0%, usually 71.4\u00a0%"]


def test_a_weak_model_is_quiet_and_what_nothing_proves_is_not_loud() -> None:
    def row(**of: object) -> dict[str, Any]:
        return change_rows([Change(statement(0, **of), statement(1, move=0.74, **of))])[0]

    assert (row()["band"], row()["doubts"], row()["weak"]) == ("likely", [], False)
    weak = row(verdict="weak_model")
    assert (weak["band"], weak["doubts"], weak["weak"]) == (None, ["Weak model"], True)
    unproven = row(timing_proof=Proof.UNPROVEN, verdict="no_skill")
    assert (unproven["band"], unproven["weak"]) == (None, False)
    assert unproven["doubts"] == ["No proven skill", "Timing ○ not proven"]


def test_a_change_after_candles_without_a_signal_says_so() -> None:
    rows = change_rows([Change(statement(0), statement(step, move=0.74)) for step in (1, 2, 13)])
    assert [row["gap"] for row in rows] == [
        "",
        "after 1 candle without a signal",
        "after 12 candles without a signal",
    ]


def test_a_verdict_of_a_later_program_is_shown_as_it_stands() -> None:
    [row] = change_rows([Change(statement(0), statement(1, verdict="brand_new"))])
    assert row["changed"] == [["Verdict", "Trusted", "brand_new"]]


def test_a_file_has_both_sides_of_every_change_in_numbers() -> None:
    [row] = csv.DictReader(io.StringIO(changes_csv([LIKELIER], "simulated-seed1").decode()))
    assert (row["market"], row["origin"], row["changed"]) == ("simulated-seed1", "live", "band side verdict")
    assert (row["move_before"], row["move_now"], row["usual_now"]) == ("0.58", "0.74", "0.68")
    assert (row["side_before"], row["side_now"], row["issued_at"]) == ("unclear", "SHORT", "2025-09-03T14:00:00Z")


def test_filters_leave_what_is_asked_for_newest_first() -> None:
    both, now = (LIKELIER, QUIETER), NOON + timedelta(hours=2)
    assert ChangeFilters().select(both, now) == [QUIETER, LIKELIER]
    assert ChangeFilters(timeframe=H1).select(both, now) == [LIKELIER]
    assert ChangeFilters(kind=ChangeKind.VERDICT).select(both, now) == [LIKELIER]
    assert ChangeFilters(coins="ether").select(both, now) == [QUIETER]
    assert ChangeFilters(since="1h").select(both, now) == [QUIETER, LIKELIER]
    assert ChangeFilters(since="1h").select(both, now + timedelta(minutes=1)) == [LIKELIER]


def test_an_address_that_means_nothing_is_told_and_counts_as_none() -> None:
    address = {"timeframe": ["1H"], "kind": ["bands"], "since": ["24h"]}
    filters, problems = read_filters(address, "btc"), unusable_in(address, PARAMETERS, ())
    assert (filters.timeframe, filters.kind, filters.since, filters.coins) == (H1, None, "24h", "btc")
    assert "kind=bands. Did you mean band?" in problems[0].text


def test_an_empty_list_says_what_it_waits_for() -> None:
    assert "No live signal has been recorded yet" in nothing_sentence(0)
    assert "3 models spoke live" in nothing_sentence(3)
    assert found_sentence(1, 1, 1) == "1 change of what 1 model called live."
    assert found_sentence(300, 200, 9).endswith("The newest 200 are listed; the CSV has all.")
