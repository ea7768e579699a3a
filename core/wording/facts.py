"""Findings, problems, notices and troubles in sentences: what each kind of fact reads like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.domain import Direction
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
    NotOverTheClock,
    OldModel,
    OldPrices,
    QuietPromiseBroken,
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
from core.wording.errors import error_in_words
from core.wording.language import Language, in_a_row, phrase, say, say_count, spoken_language
from core.wording.notes import always_right, not_over_the_clock, quiet_promise_broken
from core.wording.record import broken_promise
from core.wording.style import Style

Words = Mapping[type, Callable[[Any, Style], str]]
"""By the kind of fact: what makes a sentence, or several, of one."""

# ---------------------------------------------------------------- findings


def _right(measured: MeasuredAccuracy, style: Style, accuracy: str | None = None) -> str:
    low, high = style.share(measured.low), style.share(measured.high)
    return say(
        "Right {accuracy} of the time on {n:,} test candles ({sure} interval {low} to {high})",
        accuracy=accuracy or style.share(measured.accuracy),
        n=measured.n,
        sure=say(style.sure),
        low=low,
        high=high,
    )


def _never_tested(_: NeverTested, __: Style) -> str:
    return say("This model was never tested on candles it had not seen; its probabilities are unproven.")


def _worse_than_guessing(facts: WorseThanGuessing, style: Style) -> str:
    return say(
        "{measured}: broken. Blind guessing is right about a third of the time; to be wrong this reliably "
        "suggests a label mix-up, {short}, {no_trade} and {long} numbered differently in training than here.",
        measured=_right(facts.measured, style),
        short=style.direction(Direction.SHORT),
        no_trade=style.direction(Direction.NO_TRADE),
        long=style.direction(Direction.LONG),
    )


def _under_the_line(facts: UnderTheLine, style: Style) -> str:
    return say(
        "{facts}; always saying {baseline}.",
        facts=_right_below(facts, style),
        baseline=always_right(facts.measured, style),
    )


def _skilled_under_the_line(facts: SkilledUnderTheLine, style: Style) -> str:
    return say(
        "{facts}, though its skill is proven: {skill}. Always saying {baseline}.",
        facts=_right_below(facts, style),
        skill=_over_the_frequencies(facts.skill, style),
        baseline=always_right(facts.measured, style),
    )


def _right_below(facts: UnderTheLine | SkilledUnderTheLine, style: Style) -> str:
    accuracy = style.share_below(facts.measured.accuracy, facts.line)
    return say(
        "{measured}, under the {line} line",
        measured=_right(facts.measured, style, accuracy),
        line=style.share(facts.line, 0),
    )


def _not_above_baseline(facts: NotAboveBaseline, style: Style) -> str:
    measured = facts.measured
    return say(
        "{measured}, no better than always {majority}: that alone is right {majority_accuracy}.",
        measured=_right(measured, style),
        majority=style.direction(measured.majority),
        majority_accuracy=style.share(measured.majority_accuracy),
    )


def _no_proven_skill(facts: NoProvenSkill, style: Style) -> str:
    return say("No proven skill: {measured}.", measured=_over_the_frequencies(facts.measured, style))


def _worse_than_frequencies(facts: WorseThanFrequencies, style: Style) -> str:
    return say(
        "Worse than knowing only how often each class happens: {measured}, wholly below 0.",
        measured=_over_the_frequencies(facts.measured, style),
    )


def _over_the_frequencies(measured: MeasuredSkill, style: Style) -> str:
    low, high = style.around_zero(measured.low), style.around_zero(measured.high)
    return say(
        "{skill} over the class frequencies on {n:,} test candles, {sure} interval {low} to {high}",
        skill=style.around_zero(measured.skill),
        n=measured.n,
        sure=say(style.sure),
        low=low,
        high=high,
    )


def _old_model(facts: OldModel, _: Style) -> str:
    return say(
        "Trained {days} days ago ({trained_at:%Y-%m-%d}); models older than {max_days} days may have "
        "outlived their market.",
        days=facts.days,
        trained_at=facts.trained_at,
        max_days=facts.max_days,
    )


def _unfamiliar_candle(facts: UnfamiliarCandle, style: Style) -> str:
    return say(
        "The newest candle is unlike those the model learned from: Mahalanobis distance {distance:.1f}, "
        "while {ordinary_share} of ordinary candles stay within {limit:.1f}. Farthest off: {feature}, by "
        "{deviations} standard deviations.",
        distance=facts.distance,
        ordinary_share=style.share(facts.ordinary_share, 0),
        limit=facts.limit,
        feature=facts.feature,
        deviations=style.signed(facts.deviations, 1),
    )


def _learned_candles(facts: LearnedCandles, style: Style) -> str:
    return say(
        "The model has learned from candles until {until}, this one among them: that it is right here proves nothing.",
        until=style.minute(facts.until),
    )


def _expired(facts: Expired, style: Style) -> str:
    return say(
        "This signal held until {valid_until}; no newer one has come.", valid_until=style.minute(facts.valid_until)
    )


def _late_candles(facts: LateCandles, style: Style) -> str:
    late = say("{missing} since {since}.", missing=_missing(facts.missing), since=style.minute(facts.since))
    return late if facts.trouble is None else in_a_row(late, _market_trouble(facts.trouble, style))


def _missing_candles(facts: MissingCandles, style: Style) -> str:
    return say(
        "{count} since {since} and asked for in vain.", count=_missing(facts.count), since=style.minute(facts.since)
    )


def _missing(candles: int) -> str:
    return say_count("{count} candle is missing", "{count} candles are missing", candles)


def _retrain(_: TrainModels) -> str:
    return say("Retrain:")


# ---------------------------------------------------------------- problems


def shipping_rule(least_candles: int) -> str:
    """What it takes for a model to ship."""
    return say(
        "a model ships where a coin has at least {least_candles} labelled training candles of its own with a "
        "full window, and some to be tested on",
        least_candles=least_candles,
    )


def _no_model(facts: NoModel, _: Style) -> str:
    symbol, timeframe = facts.series
    return say(
        "No model of {symbol} on {timeframe}: {least_candles}.",
        symbol=symbol,
        timeframe=timeframe,
        least_candles=shipping_rule(facts.least_candles),
    )


def _incomplete_model(facts: IncompleteModel, style: Style) -> str:
    symbol, timeframe = facts.series
    return say(
        "The model of {symbol} on {timeframe} is incomplete: it lacks {lacks}.",
        symbol=symbol,
        timeframe=timeframe,
        lacks=style.path(facts.lacks),
    )


def _unusable_files(facts: UnusableFiles, _: Style) -> str:
    reason = error_in_words(facts.reason)
    if spoken_language() is Language.ENGLISH:
        return reason
    return say("The model's files cannot be used. The details are told in English: {reason}", reason=reason)


def _model_not_answering(facts: ModelNotAnswering, _: Style) -> str:
    symbol, timeframe = facts.series
    return say(
        "The files of the model of {symbol} on {timeframe} did not answer within {seconds:g} seconds. They "
        "are asked again every minute or so; see to the disk or share they are on.",
        symbol=symbol,
        timeframe=timeframe,
        seconds=facts.seconds,
    )


def _awaiting_market(facts: AwaitingMarket, _: Style) -> str:
    if facts.trouble:
        return error_in_words(facts.trouble)
    return (
        say("Asking {exchange} for candles…", exchange=facts.exchange)
        if facts.exchange
        else say("No market is chosen yet.")
    )


def _awaiting_candles(facts: AwaitingCandles, _: Style) -> str:
    return say("Waiting for the first candles of the {market} market.", market=facts.market)


def _no_closed_candle(facts: NoClosedCandle, _: Style) -> str:
    symbol, timeframe = facts.series
    return say("{symbol} has no closed {timeframe} candle yet on this market.", symbol=symbol, timeframe=timeframe)


def _too_few_candles(facts: TooFewCandles, style: Style) -> str:
    symbol, timeframe = facts.series
    since = (
        say("so far")
        if facts.gap is None
        else say(
            "since the last gap ({count} from {since} on)",
            count=_missing(facts.gap.count),
            since=style.minute(facts.gap.since),
        )
    )
    return say(
        "{symbol} has {got} {timeframe} candles without a gap {since}; a prediction needs {needed}, the next "
        "{more} closed candles will do.",
        symbol=symbol,
        got=facts.got,
        timeframe=timeframe,
        since=since,
        needed=facts.needed,
        more=facts.needed - facts.got,
    )


def _market_trouble(facts: MarketTrouble, style: Style) -> str:
    text = _error(facts, style)
    if facts.since is None:
        return text
    return in_a_row(text, say("No candles since {since}; it is asked again.", since=style.minute(facts.since)))


def _error(facts: MarketTrouble | LedgerUnwritable | LedgerUnreadable, style: Style) -> str:
    """What the error said, with as much of its path as may be shown."""
    text = error_in_words(facts.message)
    return text if facts.path is None else text.replace("{path}", style.path(facts.path))


def _made_up_prices(_: MadeUpPrices, __: Style) -> str:
    return say("Simulated market: these prices are not real.")


def _old_prices(facts: OldPrices, _: Style) -> str:
    days = (
        facts.first_day
        if facts.first_day == facts.last_day
        else say("{first_day} to {last_day}", first_day=facts.first_day, last_day=facts.last_day)
    )
    return say("Recorded market: real candles of {days}, played back; not today's prices.", days=days)


def _ledger_unwritable(facts: LedgerUnwritable, style: Style) -> str:
    waiting = say_count("{count} entry waits", "{count} entries wait", facts.waiting)
    lost = say("; {lost:,} more were lost and will stand in it as missing", lost=facts.lost) if facts.lost else ""
    return say(
        "What is shown has not been recorded since {since}: {why} {waiting}{lost}.",
        since=style.minute(facts.since),
        why=_error(facts, style),
        waiting=waiting,
        lost=lost,
    )


def _ledger_unreadable(facts: LedgerUnreadable, style: Style) -> str:
    return say(
        "Whether what is shown has been recorded since {since} cannot be told: {why}",
        since=style.minute(facts.since),
        why=_error(facts, style),
    )


def _ledger_unattended(facts: LedgerUnattended, style: Style) -> str:
    return say(
        "What is shown has not been recorded since {since}: {lacking} in the ledger. No feeder leads, or the one that does "
        "is behind.",
        since=style.minute(facts.since),
        lacking=say_count("{count} entry is lacking", "{count} entries are lacking", facts.waiting),
    )


def _ledger_damage(facts: LedgerDamage, _: Style) -> str:
    return say(
        "The ledger is not as it was written: entry {seq:,} {fault}. Nothing in it can be relied on from there on.",
        seq=facts.seq,
        fault=say(_LEDGER_FAULTS[facts.fault]),
    )


_LEDGER_FAULTS = {
    LedgerFault.CHANGED: phrase("was changed"),
    LedgerFault.MISSING: phrase("is missing"),
    LedgerFault.INSERTED: phrase("was put there by somebody else"),
    LedgerFault.UNLINKED: phrase("does not follow the one before it, so one of the two was written anew"),
    LedgerFault.CUT_OFF: phrase("once was there, and the ledger ends before it"),
    LedgerFault.REWRITTEN: phrase("once was another one"),
}


def _train_one(facts: NoModel, style: Style) -> str:
    return say("Train one into {folder} with:", folder=style.path(facts.folder))


def _train_it_anew(_: IncompleteModel, __: Style) -> str:
    return say("Train it anew with:")


FINDINGS: Words = {
    NeverTested: _never_tested,
    WorseThanGuessing: _worse_than_guessing,
    UnderTheLine: _under_the_line,
    SkilledUnderTheLine: _skilled_under_the_line,
    NotOverTheClock: not_over_the_clock,
    QuietPromiseBroken: quiet_promise_broken,
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
}

PROBLEMS: Words = {
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
}

FINDING_ADVICE: Mapping[type, Callable[[TrainModels], str]] = dict.fromkeys(
    (WorseThanGuessing, UnderTheLine, WorseThanFrequencies), _retrain
)
"""What leads up to the command of a remedy; what has none says nothing of it, and pages show the command beside the sentence."""

PROBLEM_ADVICE: Words = {NoModel: _train_one, IncompleteModel: _train_it_anew}

NOTICES: Words = {MadeUpPrices: _made_up_prices, OldPrices: _old_prices}

LEDGER: Words = {
    LedgerUnwritable: _ledger_unwritable,
    LedgerUnreadable: _ledger_unreadable,
    LedgerUnattended: _ledger_unattended,
    LedgerDamage: _ledger_damage,
}
