"""What the record answers, in sentences that never leave out n, the baseline and how sure it is. Knows nothing of Streamlit.

Nothing here says that the side is known unless that is proven at all times together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

from core.journal.slices import (
    ENOUGH,
    LEAST_BLOCKS,
    WIDE,
    Accuracy,
    Counted,
    MoveCalls,
    Question,
    Result,
    Share,
    SideCalls,
    Skill,
    Slice,
    TimeToTarget,
)
from core.journal.track_record import Calibration, SkillSequence, TrackRecord
from core.journal.vocabulary import Origin
from core.market.market import MarketIdentity
from core.replay import ReplayProgress, ReplayState
from core.wording.language import in_a_row, listed, phrase, say, say_count
from core.wording.style import TYPESET
from pages.components.record.figures import bins_drawn, points_of
from pages.components.shared.appearance import DIRECTION_STYLES
from pages.components.shared.number_text import (
    NOT_ENOUGH,
    days_text,
    duration_text,
    ends_text,
    interval_text,
    percent_text,
    signals_text,
    too_few_text,
)
from pages.components.shared.plain_text import plain

MONTHS_FROM, YEARS_FROM = 90, 730
"""Days from which a wait is told in months, and in years: nobody knows it to the day."""


TIES = phrase(
    "What counts: a signal is judged by its exact barriers, which are shown rounded to the price's step, on "
    "closed candles of its horizon. "
    "Where one candle touches both barriers nobody knows which came first, so it counts against whatever "
    "was called: a called move did not come, and a called side was wrong. Skill and calibration of the side "
    "leave it out, since they ask which barrier came first. A take profit never counts in or after the candle "
    "of the stop. A missing candle leaves a signal open until it is filled."
)

PROVES = phrase(
    "Each entry carries the SHA-256 of its content and of the entry before it. **It proves** that "
    "nothing up to an entry whose hash somebody kept was changed, left out or slipped in since. **It "
    "does not prove** that whoever runs this server did not rewrite everything before a hash was kept "
    "elsewhere, nor that anybody traded."
)

NEVER_TRADED = phrase("never traded")

LATE = phrase("It came late, over a quarter of a candle after its close, and is in no figure.")


def ahead_sentence(ahead: int, now: str) -> str:
    """That the ledger reaches beyond the market's clock, as one of a simulated or recorded market that began anew may."""
    return say_count(
        "{count} signal or outcome in the ledger is of a time later than the market's clock, {now}: this market was started "
        "anew, and its clock set back. It is in the figures, and not among the single signals.",
        "{count} signals or outcomes in the ledger are of times later than the market's clock, {now}: this market was started "
        "anew, and its clock set back. They are in the figures, and not among the single signals.",
        ahead,
        now=now,
    )


def prices_word(market: MarketIdentity) -> str:
    """Whose prices the record is of: ``simulated prices``, ``binanceusdm prices``."""
    if market.kind == "exchange":
        return say("{name} prices", name=market.name)
    return say("simulated prices") if market.kind == "simulated" else say("recorded prices")


def origin_badge(origin: Origin, prices: str) -> str:
    """Markdown that stands at every outcome figure: whose signals these are, whose prices, and that nobody traded them."""
    colour = "blue" if origin is Origin.LIVE else "orange"
    return say(
        ":{colour}-badge[{origin} · {prices} · {never_traded}]",
        colour=colour,
        origin=origin_word(origin),
        prices=plain(prices),
        never_traded=say(NEVER_TRADED),
    )


ORIGIN_WORDS = {Origin.LIVE: phrase("live"), Origin.REPLAYED: phrase("replayed")}


def origin_word(origin: Origin) -> str:
    """What signals of an origin are, in a word."""
    return say(ORIGIN_WORDS[origin])


def origin_sentence(origin: Origin) -> str:
    """What signals of an origin are."""
    if origin is Origin.REPLAYED:
        return say(
            "Replayed: worked out afterwards, on past candles that the models have never seen. Nobody was shown "
            "these signals as they would have come."
        )
    return say("Live: issued and recorded as each candle closed, before anybody knew what would come.")


def nothing_yet_sentence(record: TrackRecord) -> str:
    """Why there is no figure yet."""
    signals = record.whole.signals
    if record.scope.origin is Origin.REPLAYED:
        return say("Nothing is replayed in this selection yet.") if not signals else _still_open(signals)
    return say("No signal was issued live and in time in this selection yet.") if not signals else _still_open(signals)


def replayed_sentence(signals: int) -> str:
    """How many there are, for whoever finds too few live ones."""
    return say_count(
        "{count} signal was replayed on past candles.", "{count} signals were replayed on past candles.", signals
    )


def _still_open(signals: int) -> str:
    return say_count(
        "{count} signal is open: what became of one is known once its horizon is over.",
        "{count} signals are all open: what became of one is known once its horizon is over.",
        signals,
    )


def replaying_sentence(progress: ReplayProgress) -> str:
    """That figures of replayed signals are not final yet; nothing unless some are being replayed here now."""
    if progress.state is not ReplayState.RUNNING:
        return ""
    return say(
        "Still being replayed: {done:,} of {total:,} models are done. Everything below is of what is "
        "there so far, and will change.",
        done=progress.done,
        total=progress.total,
    )


def not_enough_sentence(part: Slice) -> str:
    """Why no figure is shown of these signals: there are too few, or they are worth too few."""
    return _why_no_figure(part.resolved, part.independent)


def _why_no_figure(outcomes: int, independent: float) -> str:
    if outcomes < ENOUGH:
        return say(
            "Not enough yet: {outcomes} of {enough}. Fewer say nothing, so no figure is shown.",
            outcomes=outcomes_text(outcomes),
            enough=ENOUGH,
        )
    return say(
        "Not enough yet: {outcomes}, worth {independent}, since coins move together and horizons overlap. Fewer than "
        "{least} independent ones say nothing, so no figure is shown.",
        outcomes=outcomes_text(outcomes),
        independent=independent_text(independent),
        least=LEAST_BLOCKS,
    )


def more_days(record: TrackRecord) -> int | None:
    """After about how many more days there is enough, should signals come as they did; None where nothing tells.

    Outcomes, and what they are worth, grow with the days that have outcomes.
    """
    of_all = [each for each in record.sequences if each.question is Question.WHOLE]
    if not of_all:
        return None
    usual, whole = max(of_all, key=lambda each: each.n), record.whole
    days = max(usual.blocks, 1) * usual.days_a_block
    times = max(ENOUGH / max(whole.resolved, 1), LEAST_BLOCKS / max(whole.independent, 1))
    return max(math.ceil(days * (times - 1)), 1)


def wait_sentence(record: TrackRecord) -> str:
    """How long it takes until there is enough; nothing where nobody can say."""
    days = more_days(record)
    return "" if days is None else say("It needs about {wait} more.", wait=wait_days_text(days))


def independent_text(independent: float) -> str:
    """``about 1 independent one``."""
    return say_count("about {count} independent one", "about {count} independent ones", max(round(independent), 1))


def _too_few(what: str, figure: Counted | None) -> str:
    few = too_few_text(0, 0) if figure is None else too_few_text(figure.n, figure.independent)
    return say("{what}: {not_enough}, {few}.", what=what, not_enough=say(NOT_ENOUGH), few=few)


def outcomes_text(count: int) -> str:
    return say_count("{count} outcome", "{count} outcomes", count)


def summary_sentence(record: TrackRecord) -> str:
    """How many signals the figures are of, and how many are in none."""
    whole = record.whole
    text = say(
        "{signals}: {resolved:,} with a known outcome, {open:,} still open.",
        signals=signals_text(whole.signals),
        resolved=whole.resolved,
        open=whole.open,
    )
    return in_a_row(text, late_text(record.late), _unjudged(record.unjudged))


def behind_sentence(read: int, entered: int) -> str:
    """That the ledger, of which ``entered`` entries are known, has gone on since its first ``read`` ones were; else nothing."""
    if entered <= read:
        return ""
    return say(
        "Figures are of the ledger's first {read:,} entries. Newer ones are being read, and the page is drawn anew then.",
        read=read,
    )


def late_text(signals: int) -> str:
    """That so many live signals are in no figure; nothing where there are none."""
    if not signals:
        return ""
    return say_count(
        "{count} more came late and is in no figure: over a quarter of a candle after its close, when prices had left "
        "the entry it names.",
        "{count} more came late and are in no figure: over a quarter of a candle after their close, when prices had left "
        "the entry they name.",
        signals,
    )


def _unjudged(signals: int) -> str:
    if not signals:
        return ""
    return say("{unjudged:,} more are in no figure, since nobody described their model.", unjudged=signals)


# ---------------------------------------------------------------- does it come when it says so?


def come_sentence(moves: MoveCalls, timing: Skill | None) -> str:
    """The answer in short: is it kept what is promised, and is that worth more than what is usual?"""
    return in_a_row(
        _kept_in_short(say("Likely calls"), moves.likely),
        _kept_in_short(say("Quiet calls"), moves.quiet),
        _in_short(
            say("Better than always saying what is usual"), _proof_word(timing) if timing and timing.interval else None
        ),
    )


def knows_sentence(sides: SideCalls | None, skill: Skill | None) -> str:
    """The answer in short: is it proven that the side is known?"""
    if sides is None or not sides.right.enough:
        return _in_short(say("Knowing the side"), None)
    return (
        say("Knowing the side is proven.") if skill and skill.proven else say("That it knows the side is not proven.")
    )


def _kept_in_short(what: str, share: Share | None) -> str:
    return _in_short(what, kept_word(share) if share and share.enough else None)


def _in_short(what: str, answer: str | None) -> str:
    return say("{what}: {answer}.", what=what, answer=say(NOT_ENOUGH) if answer is None else answer)


def when_sentence(moves: MoveCalls) -> str:
    """How often a move came where one was called likely, and where it was called quiet."""
    return in_a_row(_called(say("Called likely"), moves.likely), _called(say("Called quiet"), moves.quiet))


def _called(what: str, share: Share | None) -> str:
    if share is None:
        return say("{what}: never so far.", what=what)
    if not share.enough:
        return _too_few(what, share)
    text = say(
        "{what} {n:,} times: a move came after {hits:,} of them, {share} ({share_2})",
        what=what,
        hits=share.hits,
        n=share.n,
        share=percent_text(share.share),
        share_2=interval_text(share),
    )
    assert share.promised is not None and share.usual is not None
    return say(
        "{text}; {promised} was promised: {share}; {usual} is usual for these.",
        text=text,
        promised=percent_text(share.promised),
        share=kept_word(share),
        usual=percent_text(share.usual),
    )


def kept_word(share: Share) -> str:
    """Whether what was promised lies inside the interval of what came, which proves little where that is wide."""
    assert share.promised is not None
    if share.promised > share.high:
        return say("promised too much")
    if share.promised < share.low:
        return say("promised too little")
    return say("not disproved (too few)") if share.high - share.low > WIDE else say("kept")


def is_broken(share: Share) -> bool:
    """Whether what was promised lies outside the interval of what came."""
    return share.promised is not None and not share.low <= share.promised <= share.high


def worth_sentence(share: Share) -> str:
    """What signals that hang together are worth."""
    return say(
        "Coins move together and horizons overlap: as to how often something happened, {n:,} signals are "
        "worth {worth}, which the intervals take into account.",
        n=share.n,
        worth=independent_text(share.worth),
    )


def skill_sentence(name: str, skill: Skill | None, over: str, among: str = "") -> str:
    """``Timing skill: +0.021 over ..., n = 120 (all with ...); interval ...: proven.`` ``among`` says which signals these are."""
    if skill is None or skill.interval is None:
        return _too_few(name, skill)
    low, high = skill.interval
    text = say(
        "{name}: {skill} over {over}, n = {n:,}",
        name=name,
        skill=TYPESET.around_zero(skill.skill),
        over=over,
        n=skill.n,
    )
    if among:
        text = say("{text} ({among})", text=text, among=among)
    ends = ends_text(low, high)
    return say(
        "{text}; {ends} with {sure} however often one looks: {skill}.",
        text=text,
        ends=ends,
        sure=say(TYPESET.sure),
        skill=_proof_word(skill),
    )


def _proof_word(skill: Skill | SkillSequence) -> str:
    if skill.proven:
        return say("proven")
    return say("worse than knowing only how often each happens") if skill.worse else say("not proven")


def calibration_sentence(calibration: Calibration | None) -> str:
    """How far promises are off, and where the most."""
    if calibration is not None and not calibration.enough:
        return _why_no_figure(calibration.n, calibration.independent)
    if calibration is None or not points_of(calibration):
        return say("Not enough yet.")
    drawn = bins_drawn(calibration)
    off = [each for each, point in zip(drawn, points_of(calibration), strict=True) if not point.kept]
    text = say("Off by {points:.1f} points on average, n = {n:,}.", points=calibration.error * 100, n=calibration.n)
    left_out = _left_out(len(calibration.bins) - len(drawn))
    if not off:
        return in_a_row(text, say("Every point lies where chance allows."), left_out)
    worst = max(off, key=lambda each: each.came.n * abs(each.came.share - (each.came.promised or 0)))
    outside = say_count(
        "One point lies outside what chance allows; the one that weighs most: {promised} was promised, {share} came "
        "(n = {n:,}).",
        "{count} of {bins} points lie outside what chance allows; the one that weighs most: {promised} was promised, "
        "{share} came (n = {n:,}).",
        len(off),
        bins=len(drawn),
        promised=percent_text(worst.came.promised),
        share=percent_text(worst.came.share),
        n=worst.came.n,
    )
    return in_a_row(text, outside, left_out)


def _left_out(bins: int) -> str:
    if not bins:
        return ""
    return say_count(
        "{count} more is not drawn: fewer than {enough} outcomes, or worth fewer than {least}.",
        "{count} more are not drawn: fewer than {enough} outcomes each, or worth fewer than {least}.",
        bins,
        enough=ENOUGH,
        least=LEAST_BLOCKS,
    )


def undrawn_sentence(sequences: Sequence[SkillSequence], question: Question) -> str:
    """Which timeframes have a skill and no chart, and why; nothing where all are drawn."""
    undrawn = [each.timeframe.value for each in sequences if each.question is question and not each.path]
    if not undrawn:
        return ""
    return say("Not drawn: {timeframes}, of which too few days are over.", timeframes=listed(undrawn))


def time_sentence(times: TimeToTarget | None) -> str:
    """How long targets took beside what was promised."""
    if times is None or not times.within.enough:
        return ""
    promised, took = (duration_text(timedelta(minutes=m)) for m in (times.promised_minutes, times.mean_minutes))
    return say(
        "Of {n:,} called targets that were reached, {share} were within the promised time ({within}). That "
        "time is a median, so about half should be. Promised {promised} on average, took {took}.",
        n=times.within.n,
        share=percent_text(times.within.share),
        within=interval_text(times.within),
        promised=promised,
        took=took,
    )


# ---------------------------------------------------------------- does it know the side?


def side_sentence(sides: SideCalls | None) -> str:
    """How often the side called came first, beside always calling one."""
    if sides is None or not sides.right.enough:
        return _too_few(say("Sides called"), None if sides is None else sides.right)
    return say(
        "Of {n:,} calls of a side after which a barrier was touched {hits:,} were right, {share} ({right}); always "
        "calling {word} is right {majority_share} of the time.",
        hits=sides.right.hits,
        n=sides.right.n,
        share=percent_text(sides.right.share),
        right=interval_text(sides.right),
        word=DIRECTION_STYLES[sides.majority].word,
        majority_share=percent_text(sides.majority_share),
    )


def wait_text(sequence: SkillSequence) -> str:
    """What it takes until something can be said: ``needs about 23 more days``."""
    if not sequence.enough:
        return say(NOT_ENOUGH)
    if sequence.proven:
        return say("proven")
    if sequence.worse:
        return say("worse than knowing only how often each happens")
    if sequence.mean <= 0:
        return say("not proven; nothing above zero so far")
    if sequence.more_days is None:
        return say("not proven; too early to say how long it takes")
    return say("not proven; needs about {more_days} more", more_days=wait_days_text(sequence.more_days))


def wait_days_text(days: int) -> str:
    """``1 day``, ``23 days``, ``5 months``, ``11 years``."""
    if days >= YEARS_FROM:
        return say("{years:,} years", years=round(days / 365))
    return say("{months} months", months=round(days / 30)) if days >= MONTHS_FROM else days_text(max(days, 1))


def result_sentence(result: Result | None, sides: SideCalls | None = None) -> str:
    """The mean result in R, which nobody has ever earned; of which calls, where fewer were right or wrong about a side."""
    if result is None or not result.enough:
        return _too_few(say("Result of called sides"), result)
    text = say(
        "Result after fees, as if each of {n:,} called sides had been traded: {mean_r} R a call",
        n=result.n,
        mean_r=TYPESET.around_zero(result.mean_r),
    )
    if result.low is not None and result.high is not None:
        text += say(
            " ({low} to {high} with {sure} however often one looks)",
            low=TYPESET.around_zero(result.low),
            high=TYPESET.around_zero(result.high),
            sure=say(TYPESET.sure),
        )
    sentence = say("{text}; {never_traded}. Not to trade is 0.", text=text, never_traded=say(NEVER_TRADED))
    return in_a_row(sentence, _untouched(result.n - sides.right.n) if sides is not None else "")


def _untouched(calls: int) -> str:
    """Why more sides were called than came first or did not."""
    if calls <= 0:
        return ""
    return say_count(
        "{count} more than above: after it no level was touched in time, so neither side came first, and it ends at the "
        "horizon's close.",
        "{count} more than above: after these no level was touched in time, so neither side came first, and each ends at "
        "its horizon's close.",
        calls,
    )


# ---------------------------------------------------------------- all three classes


def accuracy_sentence(accuracy: Accuracy | None) -> str:
    """How often the likeliest of three was right, beside the baseline and the tests."""
    if accuracy is None or not accuracy.right.enough:
        return _too_few(say("Accuracy"), None if accuracy is None else accuracy.right)
    tested = (
        ""
        if accuracy.tested is None
        else say("; the models' tests had promised {tested}", tested=percent_text(accuracy.tested))
    )
    return say(
        "Of all three classes the likeliest was right {share} of the time ({right}, n = {n:,}, all with a known outcome); "
        "always calling {word} is right {majority_accuracy}{tested}.",
        share=percent_text(accuracy.right.share),
        right=interval_text(accuracy.right),
        n=accuracy.right.n,
        word=DIRECTION_STYLES[accuracy.majority].word,
        majority_accuracy=percent_text(accuracy.majority_accuracy),
        tested=tested,
    )


QUESTION_WORDS = {
    Question.TIMING: phrase("When"),
    Question.SIDE: phrase("Which way"),
    Question.WHOLE: phrase("Both together"),
}
