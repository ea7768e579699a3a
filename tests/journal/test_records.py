"""The track record is what the ledger's entries make of it, however it is read: at once, bit by bit, corrected."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest

from core.domain import Direction, Series, Timeframe
from core.journal.calls import Asked, CallOrder
from core.journal.entries import Entry, OutcomeEntry, SignalEntry
from core.journal.places import SqliteFile
from core.journal.records import EXTREMES, Records
from core.journal.slices import LEAST_BLOCKS, Question
from core.journal.store import Ledger
from core.journal.track_record import Dimension, Scope
from core.journal.vocabulary import Origin
from core.model.scores import LIKELY
from tests.journal.made_entries import NOON_MS
from tests.journal.made_history import USUAL, came, described, life, signal_of

LABELS = {"lower": 0, "upper": 2}


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    """Four days of two coins at 15m."""
    return life(seed=1, candles=400)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]) -> Iterator[Records]:
    ledger = Ledger.open(SqliteFile("made", tmp_path_factory.mktemp("ledger") / "ledger.db"))
    ledger.append(entries)
    yield Records(ledger.database)
    ledger.close()


def resolved(entries: list[Entry], origin: Origin = Origin.LIVE) -> list[tuple[SignalEntry, int]]:
    """Each signal of an origin that has an outcome, and its label."""
    found = {}
    for entry in entries:
        if isinstance(entry, OutcomeEntry):
            found[entry.signal_seq] = LABELS.get(entry.touched, 1)
    return [(entries[seq - 1], label) for seq, label in sorted(found.items()) if entries[seq - 1].origin == origin]


def ties(entries: list[Entry]) -> list[SignalEntry]:
    """Each live signal after which one candle touched both barriers."""
    touched = [each for each in entries if isinstance(each, OutcomeEntry) and each.touched == "both"]
    return [entries[each.signal_seq - 1] for each in touched if entries[each.signal_seq - 1].origin == Origin.LIVE]


def p_of(signal: SignalEntry) -> np.ndarray:
    return np.array([signal.p_short, signal.p_no_trade, signal.p_long])


def plainly(entries: list[Entry]) -> dict[str, float]:
    """The figures of all live signals, each by its own formula."""
    judged = resolved(entries)
    p, y = np.array([p_of(signal) for signal, _ in judged]), np.array([label for _, label in judged])
    usual = np.array([USUAL[f"climatology_{name}"] for name in ("short", "no_trade", "long")])
    moved, rows = y != 1, np.arange(len(y))
    move, quiet = 1 - p[:, 1], 1 - usual[1]
    side, usual_side = p[:, [0, 2]] / p[:, [0, 2]].sum(axis=1, keepdims=True), usual[[0, 2]] / usual[[0, 2]].sum()
    which = (y[moved] // 2).astype(int)
    called = p.argmax(axis=1)
    return {
        "accuracy": (called == y).mean(),
        "skill": 1 - np.log(p[rows, y]).sum() / np.log(usual[y]).sum(),
        "timing": 1 - np.log(np.where(moved, move, 1 - move)).sum() / np.log(np.where(moved, quiet, 1 - quiet)).sum(),
        "side": 1 - np.log(side[moved][np.arange(moved.sum()), which]).sum() / np.log(usual_side[which]).sum(),
        "brier": ((p - np.eye(3)[y]) ** 2).sum(axis=1).mean(),
        "likely": (move >= quiet + LIKELY).sum(),
        "likely_came": moved[move >= quiet + LIKELY].mean(),
        "likely_usual": quiet,
        "sides": (n := (moved & (called != 1)).sum() + sum(tie.direction != "NO_TRADE" for tie in ties(entries))),
        "side_right": (called == y)[moved & (called != 1)].sum() / n,
        "side_came": max((y == side)[called != 1].sum() for side in (0, 2)) / n,
        "r": np.where(called == y, 0.9, -1.1)[called != 1].mean(),
        "loss": -np.log(p[rows, y]).mean(),
        "expected": -(p * np.log(p)).sum(axis=1).mean(),
    }


@pytest.mark.slow
def test_every_figure_is_what_its_formula_says(read: Records, entries: list[Entry]) -> None:
    record, plain = read.record(Scope()), plainly(entries)
    whole = record.whole
    assert (whole.resolved, whole.open) == (len(resolved(entries)), whole.signals - whole.resolved)
    assert whole.accuracy is not None and whole.accuracy.right.share == pytest.approx(plain["accuracy"])
    assert [each.skill for each in (whole.skill, whole.timing_skill, whole.side_skill) if each] == pytest.approx(
        [plain["skill"], plain["timing"], plain["side"]], abs=1e-6
    )
    assert whole.brier == pytest.approx(plain["brier"], abs=1e-6)
    likely = whole.moves.likely
    assert likely is not None and (likely.n, likely.share) == (plain["likely"], pytest.approx(plain["likely_came"]))
    assert likely.usual == pytest.approx(plain["likely_usual"])
    assert whole.sides is not None and whole.sides.right.n == plain["sides"]
    assert whole.sides.right.share == pytest.approx(plain["side_right"])
    assert whole.sides.majority_share == pytest.approx(plain["side_came"])
    assert whole.result is not None and whole.result.mean_r == pytest.approx(plain["r"])
    (reliance,) = record.reliance
    assert (reliance.reliance.log_loss, reliance.reliance.expected) == pytest.approx((plain["loss"], plain["expected"]))


@pytest.mark.slow
def test_every_way_to_tell_signals_apart_accounts_for_all_of_them(read: Records) -> None:
    record = read.record(Scope())
    for dimension, slices in record.slices.items():
        assert sum(each.resolved for each in slices) == record.whole.resolved, dimension
        assert sum(each.signals for each in slices) == record.whole.signals, dimension
    assert [each.name for each in record.slices[Dimension.SYMBOL]] == ["BTCUSDT", "ETHUSDT"]
    assert [each.name for each in record.slices[Dimension.BAND]] == ["quiet", "usual", "likely"]
    assert sum(each.figures.resolved for each in record.models) == record.whole.resolved


@pytest.mark.slow
def test_bins_hold_every_forecast_and_are_named_by_their_mean(read: Records) -> None:
    record = read.record(Scope())
    timing = record.calibration[Question.TIMING]
    assert timing.n == record.whole.resolved
    assert timing.error == pytest.approx(record.whole.calibration_error)
    for each in timing.bins:
        assert each.lower < (each.came.promised or 0) <= each.upper
        assert each.came.low <= each.came.share <= each.came.high


def test_live_and_replayed_signals_are_never_in_one_figure(read: Records, entries: list[Entry]) -> None:
    live, replayed = (read.record(Scope(origin)) for origin in Origin)
    assert live.whole.resolved == len(resolved(entries))
    assert replayed.whole.resolved == len(resolved(entries, Origin.REPLAYED))
    assert {each.seq for each in live.misses}.isdisjoint({each.seq for each in replayed.misses})


def test_misses_are_named_as_readily_as_hits_and_the_worst_one_first(read: Records, entries: list[Entry]) -> None:
    record = read.record(Scope())
    losses = sorted((-math.log(p_of(signal)[label]) for signal, label in resolved(entries)), reverse=True)
    assert [each.loss for each in record.misses] == pytest.approx(losses[:EXTREMES], abs=1e-6)
    assert [each.loss for each in record.hits] == pytest.approx(losses[::-1][:EXTREMES], abs=1e-6)
    worst = record.misses[0]
    entry = entries[worst.seq - 1]
    assert isinstance(entry, SignalEntry)
    assert (worst.series.symbol, worst.candle_open_ms) == (entry.symbol, entry.candle_open_ms)
    assert worst.probabilities[Direction.LONG] == pytest.approx(entry.p_long, abs=1e-8)


@pytest.mark.parametrize(
    "scope",
    [
        Scope(symbols=frozenset({"ETHUSDT"})),
        Scope(since_ms=NOON_MS // 86_400_000 * 86_400_000 + 2 * 86_400_000),
        Scope(timeframe=Timeframe.M15, symbols=frozenset({"BTCUSDT", "NONE"})),
    ],
)
def test_a_scope_leaves_out_what_it_does_not_ask_for(read: Records, entries: list[Entry], scope: Scope) -> None:
    record = read.record(scope)
    asked = [
        signal
        for signal, _ in resolved(entries)
        if (not scope.symbols or signal.symbol in scope.symbols) and signal.candle_open_ms >= (scope.since_ms or 0)
    ]
    assert record.whole.resolved == len(asked) > 0
    for slices in record.slices.values():
        assert sum(each.resolved for each in slices) == len(asked)
    assert sum(each.figures.resolved for each in record.models) == len(asked)


def test_what_nobody_ever_said_has_an_empty_record(read: Records) -> None:
    record = read.record(Scope(timeframe=Timeframe.D1))
    assert (record.enough, record.whole.signals, record.whole.skill, record.whole.accuracy) == (False, 0, None, None)
    assert (record.misses, record.models, record.sequences, dict(record.calibration)) == ((), (), (), {})


def test_an_empty_ledger_has_an_empty_record(ledger: Ledger) -> None:
    record = Records(ledger.database).record(Scope())
    assert (record.seq, record.enough, record.whole.signals) == (0, False, 0)


def test_a_tie_counts_against_the_side_and_the_move_that_were_called_and_says_nothing_of_the_sides_probability(
    read: Records, entries: list[Entry]
) -> None:
    record, tied = read.record(Scope()), {entries.index(each) + 1: each for each in ties(entries)}
    moved = sum(label != 1 for _, label in resolved(entries))
    assert len(tied) > 10
    assert record.calibration[Question.SIDE].n == moved
    assert record.whole.side_skill is not None and record.whole.side_skill.n == moved
    assert sum(each.came.hits for each in record.calibration[Question.TIMING].bins) == moved
    calls = {each.seq: each for each in read.calls(Scope(), Asked(CallOrder.TIME, True, 1000)).first}
    assert {seq for seq, each in calls.items() if each.tie} == set(tied)
    assert all(calls[seq].happened is Direction.NO_TRADE for seq in tied)


@pytest.mark.slow
def test_few_outcomes_are_called_too_few(ledger: Ledger) -> None:
    ledger.append(life(seed=2, candles=35, symbols=("BTCUSDT",)))
    record = Records(ledger.database).record(Scope())
    assert 0 < record.whole.resolved < 30
    assert not record.enough
    assert record.whole.skill is not None and record.whole.skill.low is None


@pytest.mark.slow
@pytest.mark.parametrize(("candles", "enough"), [(90, False), (600, True)])
def test_many_outcomes_of_few_days_are_worth_too_few_independent_ones(
    ledger: Ledger, candles: int, enough: bool
) -> None:
    ledger.append(life(seed=2, candles=candles))
    whole = Records(ledger.database).record(Scope()).whole
    assert whole.resolved > 100
    assert whole.enough is enough
    assert (whole.independent >= LEAST_BLOCKS) is enough
    for figure in (whole.skill, whole.result, whole.sides and whole.sides.right):
        assert figure is not None and figure.enough is enough


@pytest.mark.slow
def test_a_record_that_grows_is_the_one_that_a_fresh_start_reads(ledger: Ledger) -> None:
    entries, grown = life(seed=3, candles=60), Records(ledger.database)
    for begin in range(0, len(entries), 29):
        ledger.append(entries[begin : begin + 29])
        grown.record(Scope())
    assert_same(grown.record(Scope()), Records(ledger.database).record(Scope()))


@pytest.mark.slow
def test_figures_and_lists_of_one_reading_are_of_the_same_entries(ledger: Ledger) -> None:
    entries, records = life(seed=3, candles=60), Records(ledger.database)
    ledger.append(entries[:200])
    with records.one_reading():
        before = records.record(Scope())
        ledger.append(entries[200:])
        assert records.calls(Scope(), Asked()).n == before.whole.resolved
    assert records.calls(Scope(), Asked()).n == records.record(Scope()).whole.resolved > before.whole.resolved


@pytest.mark.slow
def test_a_correction_stands_in_the_place_of_what_it_follows(ledger: Ledger) -> None:
    entries, records = life(seed=4, candles=60), Records(ledger.database)
    ledger.append(entries)
    before = records.record(Scope()).whole
    first, again = (
        next(seq for seq in range(1, len(entries) + 1) if is_live_outcome(entries, seq)) + 0,
        len(entries) + 1,
    )
    old = entries[first - 1]
    assert isinstance(old, OutcomeEntry)
    called = entries[old.signal_seq - 1]
    assert isinstance(called, SignalEntry)
    others = [label for label in range(3) if label != LABELS.get(old.touched, 1)]
    ledger.append([came(old.signal_seq, others[0], called.direction, follows=first)])
    ledger.append([came(old.signal_seq, others[1], called.direction, follows=again)])
    after = records.record(Scope())
    assert (after.whole.resolved, after.whole.signals) == (before.resolved, before.signals)
    labels = dict.fromkeys((old.signal_seq,), others[1])
    plain = [(s, labels.get(entries.index(s) + 1, label)) for s, label in resolved(entries)]
    right = sum(p_of(signal).argmax() == label for signal, label in plain)
    assert after.whole.accuracy is not None and after.whole.accuracy.right.hits == right
    assert_same(after, Records(ledger.database).record(Scope()))


def is_live_outcome(entries: list[Entry], seq: int) -> bool:
    entry = entries[seq - 1]
    return isinstance(entry, OutcomeEntry) and entries[entry.signal_seq - 1].origin == Origin.LIVE


@pytest.mark.slow
def test_a_model_that_is_described_late_is_counted_from_then_on(ledger: Ledger) -> None:
    records, p = Records(ledger.database), np.array([0.2, 0.3, 0.5])
    ledger.append([signal_of(0, p), signal_of(1, p)])
    ledger.append([came(1, 2, "LONG")])
    assert (records.record(Scope()).unjudged, records.record(Scope()).whole.signals) == (2, 0)
    ledger.append([described()])
    record = records.record(Scope())
    assert (record.unjudged, record.whole.signals, record.whole.resolved) == (0, 2, 1)


QUARTER_MS = {Timeframe.M15: 225_000, Timeframe.D1: 6 * 3_600_000}


@pytest.mark.slow
@pytest.mark.parametrize("timeframe", QUARTER_MS)
def test_what_was_issued_over_a_quarter_of_a_candle_late_is_counted_apart(ledger: Ledger, timeframe: Timeframe) -> None:
    p, most = np.array([0.2, 0.3, 0.5]), QUARTER_MS[timeframe]
    replayed = {"origin": Origin.REPLAYED, "delay_ms": 100 * most}
    ledger.append([described(timeframe=timeframe), signal_of(0, p, timeframe, delay_ms=most)])
    ledger.append([signal_of(1, p, timeframe, delay_ms=most + 1), signal_of(0, p, timeframe, **replayed)])
    ledger.append([came(2, 2, "LONG"), came(3, 0, "LONG"), came(3, 2, "LONG", follows=6), came(4, 2, "LONG")])
    records = Records(ledger.database)
    for scope in (Scope(), Scope(symbols=frozenset({"BTCUSDT"})), Scope(timeframe=timeframe)):
        record, calls = records.record(scope), records.calls(scope, Asked(CallOrder.TIME, False, 10))
        assert (record.late, record.whole.signals, record.whole.resolved) == (1, 1, 1)
        assert [each.seq for each in record.misses] == [each.seq for each in calls.first] == [2]
    assert records.record(Scope(symbols=frozenset({"ETHUSDT"}))).late == 0
    replay = records.record(Scope(Origin.REPLAYED))
    assert (replay.late, replay.whole.resolved) == (0, 1), "a replayed one is worked out whenever there is time"


@pytest.mark.slow
def test_two_timeframes_and_versions_are_told_apart(ledger: Ledger) -> None:
    p = np.array([0.2, 0.3, 0.5])
    hour = described(timeframe=Timeframe.H1)
    second = replace(described(), model_version="two")
    ledger.append([hour, described(), second])
    ledger.append([signal_of(0, p, Timeframe.H1), signal_of(0, p), signal_of(0, p, model_version="two")])
    ledger.append([came(seq, 2, "LONG") for seq in (4, 5, 6)])
    record = Records(ledger.database).record(Scope())
    assert {(each.series, each.model_version) for each in record.models} == {
        (Series("BTCUSDT", Timeframe.H1), "one"),
        (Series("BTCUSDT", Timeframe.M15), "one"),
        (Series("BTCUSDT", Timeframe.M15), "two"),
    }
    assert [(each.name, each.resolved) for each in record.slices[Dimension.TIMEFRAME]] == [("15m", 2), ("1h", 1)]


def test_probabilities_of_nought_and_one_have_a_bounded_loss(ledger: Ledger) -> None:
    ledger.append([described(), signal_of(0, np.array([0.0, 0.0, 1.0])), signal_of(1, np.array([0.0, 1.0, 0.0]))])
    ledger.append([came(2, 0, "LONG"), came(3, 2, "NO_TRADE")])
    record = Records(ledger.database).record(Scope())
    assert [each.loss for each in record.misses] == pytest.approx([-math.log(1e-12)] * 2)
    assert record.whole.skill is not None and math.isfinite(record.whole.skill.skill)
    assert record.whole.side_skill is not None and math.isfinite(record.whole.side_skill.skill)


def assert_same(one: Any, other: Any, where: str = "") -> None:
    """Equal in everything, numbers to nine digits: sums were added up in another order."""
    if is_dataclass(one):
        assert type(one) is type(other), where
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name), f"{where}.{field.name}")
    elif isinstance(one, dict):
        assert one.keys() == other.keys(), where
        for name in one:
            assert_same(one[name], other[name], f"{where}[{name}]")
    elif isinstance(one, tuple) and not isinstance(one, Series):
        assert len(one) == len(other), where
        for place, (a, b) in enumerate(zip(one, other, strict=True)):
            assert_same(a, b, f"{where}[{place}]")
    elif isinstance(one, float):
        assert one == pytest.approx(other, rel=1e-6, abs=1e-9, nan_ok=True), where
    else:
        assert one == other, where
