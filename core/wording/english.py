"""English: every sentence that core has for people, errors excepted."""

from __future__ import annotations

from core.findings import (
    AwaitingCandles,
    AwaitingMarket,
    BrokenPromise,
    Expired,
    IncompleteModel,
    LateCandles,
    LearnedCandles,
    LedgerDamage,
    LedgerFault,
    LedgerUnattended,
    LedgerUnreadable,
    LedgerUnwritable,
    MadeUpPrices,
    MarketTrouble,
    MissingCandles,
    ModelNotAnswering,
    NeverTested,
    NoClosedCandle,
    NoModel,
    NoProvenSkill,
    NotAboveBaseline,
    OldModel,
    OldPrices,
    SkilledUnderTheLine,
    TooFewCandles,
    TrainModels,
    UnderTheLine,
    UnfamiliarCandle,
    UnusableFiles,
    WorseThanFrequencies,
    WorseThanGuessing,
)
from core.measured import MeasuredAccuracy, MeasuredSkill
from core.wording.english_confluence import CONFLUENCE
from core.wording.english_record import broken_promise
from core.wording.english_run import barrier_run
from core.wording.language import Language
from core.wording.style import Style

# ---------------------------------------------------------------- findings


def _right(measured: MeasuredAccuracy, style: Style, accuracy: str | None = None) -> str:
    low, high = style.share(measured.low), style.share(measured.high)
    return (
        f"Right {accuracy or style.share(measured.accuracy)} of the time on {measured.n:,} test candles "
        f"({style.sure} interval {low} to {high})"
    )


def _never_tested(_: NeverTested, __: Style) -> str:
    return "This model was never tested on candles it had not seen; its probabilities are unproven."


def _worse_than_guessing(facts: WorseThanGuessing, style: Style) -> str:
    return (
        f"{_right(facts.measured, style)}: broken. Blind guessing is right about a third of the time; to be wrong this "
        f"reliably suggests a label mix-up, SHORT, {style.no_trade} and LONG numbered differently in training than here."
    )


def _under_the_line(facts: UnderTheLine, style: Style) -> str:
    measured = facts.measured
    how_much_more = ", reliably more often" if measured.high < measured.majority_accuracy else ""
    return (
        f"{_right_below(facts, style)}; always saying {style.direction(measured.majority)} is right "
        f"{style.share(measured.majority_accuracy)}{how_much_more}."
    )


def _skilled_under_the_line(facts: SkilledUnderTheLine, style: Style) -> str:
    measured = facts.measured
    return (
        f"{_right_below(facts, style)}, though its skill is proven: {_over_the_frequencies(facts.skill, style)}. "
        f"Always saying {style.direction(measured.majority)} is right {style.share(measured.majority_accuracy)}."
    )


def _right_below(facts: UnderTheLine | SkilledUnderTheLine, style: Style) -> str:
    accuracy = style.share_below(facts.measured.accuracy, facts.line)
    return f"{_right(facts.measured, style, accuracy)}, under the {style.share(facts.line, 0)} line"


def _not_above_baseline(facts: NotAboveBaseline, style: Style) -> str:
    measured = facts.measured
    return (
        f"{_right(measured, style)}, no better than always {style.direction(measured.majority)}: that alone is right "
        f"{style.share(measured.majority_accuracy)}."
    )


def _no_proven_skill(facts: NoProvenSkill, style: Style) -> str:
    return f"No proven skill: {_over_the_frequencies(facts.measured, style)}."


def _worse_than_frequencies(facts: WorseThanFrequencies, style: Style) -> str:
    return (
        f"Worse than knowing only how often each class happens: {_over_the_frequencies(facts.measured, style)}, "
        "wholly below 0."
    )


def _over_the_frequencies(measured: MeasuredSkill, style: Style) -> str:
    low, high = style.signed(measured.low, 3), style.signed(measured.high, 3)
    return (
        f"{style.signed(measured.skill, 3)} over the class frequencies on {measured.n:,} test candles, "
        f"{style.sure} interval {low} to {high}"
    )


def _old_model(facts: OldModel, _: Style) -> str:
    return (
        f"Trained {facts.days} days ago ({facts.trained_at:%Y-%m-%d}); models older than {facts.max_days} days may have "
        "outlived their market."
    )


def _unfamiliar_candle(facts: UnfamiliarCandle, style: Style) -> str:
    return (
        f"The newest candle is unlike those the model learned from: Mahalanobis distance {facts.distance:.1f}, "
        f"while {style.share(facts.ordinary_share, 0)} of ordinary candles stay within {facts.limit:.1f}. Farthest off: "
        f"{facts.feature}, by {style.signed(facts.deviations, 1)} standard deviations."
    )


def _learned_candles(facts: LearnedCandles, style: Style) -> str:
    return (
        f"The model has learned from candles until {style.minute(facts.until)}, this one among them: that it is right here "
        "proves nothing."
    )


def _expired(facts: Expired, style: Style) -> str:
    return f"This signal held until {style.minute(facts.valid_until)}; no newer one has come."


def _late_candles(facts: LateCandles, style: Style) -> str:
    late = f"{_missing(facts.missing)} since {style.minute(facts.since)}."
    return late if facts.trouble is None else f"{late} {_market_trouble(facts.trouble, style)}"


def _missing_candles(facts: MissingCandles, style: Style) -> str:
    return f"{_missing(facts.count)} since {style.minute(facts.since)} and asked for in vain."


def _missing(candles: int) -> str:
    return "1 candle is missing" if candles == 1 else f"{candles} candles are missing"


def _retrain(_: TrainModels) -> str:
    return "Retrain:"


# ---------------------------------------------------------------- problems


def shipping_rule(least_candles: int) -> str:
    """What it takes for a model to ship."""
    return (
        f"a model ships where a coin has at least {least_candles} labelled training candles of its own with a "
        "full window, and some to be tested on"
    )


def _no_model(facts: NoModel, _: Style) -> str:
    symbol, timeframe = facts.series
    return f"No model of {symbol} on {timeframe}: {shipping_rule(facts.least_candles)}."


def _incomplete_model(facts: IncompleteModel, style: Style) -> str:
    symbol, timeframe = facts.series
    return f"The model of {symbol} on {timeframe} is incomplete: it lacks {style.path(facts.lacks)}."


def _unusable_files(facts: UnusableFiles, _: Style) -> str:
    return facts.reason


def _model_not_answering(facts: ModelNotAnswering, _: Style) -> str:
    symbol, timeframe = facts.series
    return (
        f"The files of the model of {symbol} on {timeframe} did not answer within {facts.seconds:g} seconds. They are "
        "asked again every minute or so; see to the disk or share they are on."
    )


def _awaiting_market(facts: AwaitingMarket, _: Style) -> str:
    if facts.trouble:
        return facts.trouble
    return f"Asking {facts.exchange} for candles…" if facts.exchange else "No market is chosen yet."


def _awaiting_candles(facts: AwaitingCandles, _: Style) -> str:
    return f"Waiting for the first candles of the {facts.market} market."


def _no_closed_candle(facts: NoClosedCandle, _: Style) -> str:
    symbol, timeframe = facts.series
    return f"{symbol} has no closed {timeframe} candle yet on this market."


def _too_few_candles(facts: TooFewCandles, style: Style) -> str:
    symbol, timeframe = facts.series
    since = (
        "so far"
        if facts.gap is None
        else f"since the last gap ({_missing(facts.gap.count)} from {style.minute(facts.gap.since)} on)"
    )
    return (
        f"{symbol} has {facts.got} {timeframe} candles without a gap {since}; a prediction needs {facts.needed}, "
        f"the next {facts.needed - facts.got} closed candles will do."
    )


def _market_trouble(facts: MarketTrouble, style: Style) -> str:
    said = facts.message if facts.path is None else facts.message.replace("{path}", style.path(facts.path))
    return said if facts.since is None else f"{said} No candles since {style.minute(facts.since)}; it is asked again."


def _made_up_prices(_: MadeUpPrices, __: Style) -> str:
    return "Simulated market: these prices are not real."


def _old_prices(facts: OldPrices, _: Style) -> str:
    days = facts.first_day if facts.first_day == facts.last_day else f"{facts.first_day} to {facts.last_day}"
    return f"Recorded market: real candles of {days}, played back; not today's prices."


def _ledger_unwritable(facts: LedgerUnwritable, style: Style) -> str:
    why = facts.message if facts.path is None else facts.message.replace("{path}", style.path(facts.path))
    waiting = f"{facts.waiting:,} {'entry waits' if facts.waiting == 1 else 'entries wait'}"
    lost = f"; {facts.lost:,} more were lost and will stand in it as missing" if facts.lost else ""
    return f"What is shown has not been recorded since {style.minute(facts.since)}: {why} {waiting}{lost}."


def _ledger_unreadable(facts: LedgerUnreadable, style: Style) -> str:
    why = facts.message if facts.path is None else facts.message.replace("{path}", style.path(facts.path))
    return f"Whether what is shown has been recorded since {style.minute(facts.since)} cannot be told: {why}"


def _ledger_unattended(facts: LedgerUnattended, style: Style) -> str:
    lacking = f"{facts.waiting:,} {'entry is' if facts.waiting == 1 else 'entries are'}"
    return (
        f"What is shown has not been recorded since {style.minute(facts.since)}: {lacking} lacking in the ledger. "
        "No feeder leads, or the one that does is behind."
    )


def _ledger_damage(facts: LedgerDamage, _: Style) -> str:
    return (
        f"The ledger is not as it was written: entry {facts.seq:,} {_LEDGER_FAULTS[facts.fault]}. "
        "Nothing in it can be relied on from there on."
    )


_LEDGER_FAULTS = {
    LedgerFault.CHANGED: "was changed",
    LedgerFault.MISSING: "is missing",
    LedgerFault.INSERTED: "was put there by somebody else",
    LedgerFault.UNLINKED: "does not follow the one before it, so one of the two was written anew",
    LedgerFault.CUT_OFF: "once was there, and the ledger ends before it",
    LedgerFault.REWRITTEN: "once was another one",
}


def _train_one(facts: NoModel, style: Style) -> str:
    return f"Train one into {style.path(facts.folder)} with:"


def _train_it_anew(_: IncompleteModel, __: Style) -> str:
    return "Train it anew with:"


ENGLISH = Language(
    code="en",
    findings={
        NeverTested: _never_tested,
        WorseThanGuessing: _worse_than_guessing,
        UnderTheLine: _under_the_line,
        SkilledUnderTheLine: _skilled_under_the_line,
        NotAboveBaseline: _not_above_baseline,
        NoProvenSkill: _no_proven_skill,
        WorseThanFrequencies: _worse_than_frequencies,
        OldModel: _old_model,
        BrokenPromise: broken_promise,
        UnfamiliarCandle: _unfamiliar_candle,
        LearnedCandles: _learned_candles,
        Expired: _expired,
        LateCandles: _late_candles,
        MarketTrouble: _market_trouble,
    },
    problems={
        NoModel: _no_model,
        IncompleteModel: _incomplete_model,
        UnusableFiles: _unusable_files,
        ModelNotAnswering: _model_not_answering,
        AwaitingMarket: _awaiting_market,
        AwaitingCandles: _awaiting_candles,
        NoClosedCandle: _no_closed_candle,
        TooFewCandles: _too_few_candles,
        LateCandles: _late_candles,
        MissingCandles: _missing_candles,
        MarketTrouble: _market_trouble,
    },
    finding_advice={WorseThanGuessing: _retrain, UnderTheLine: _retrain, WorseThanFrequencies: _retrain},
    problem_advice={NoModel: _train_one, IncompleteModel: _train_it_anew},
    confluence=CONFLUENCE,
    run=barrier_run,
    notices={MadeUpPrices: _made_up_prices, OldPrices: _old_prices},
    ledger={
        LedgerUnwritable: _ledger_unwritable,
        LedgerUnreadable: _ledger_unreadable,
        LedgerUnattended: _ledger_unattended,
        LedgerDamage: _ledger_damage,
    },
    shipping_rule=shipping_rule,
)
