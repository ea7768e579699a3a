"""What the record answers, in sentences that never leave out n, the baseline and how sure it is. Knows nothing of Streamlit.

Nothing here says that the side is known unless that is proven at all times together.
"""

from __future__ import annotations

from datetime import timedelta

from core.journal.slices import (
    ENOUGH,
    Accuracy,
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
from core.wording.style import TYPESET
from pages.components.record.figures import points_of
from pages.components.shared.appearance import DIRECTION_LOOKS
from pages.components.shared.number_text import count_text, duration_text, percent_text, score_text
from pages.components.shared.plain_text import plain

MONTHS_FROM, YEARS_FROM = 90, 730
"""Days from which a wait is told in months, and in years: nobody knows it to the day."""


NOT_ENOUGH = "not enough yet"

TIES = (
    "What counts: a signal is judged by the very barriers it showed, on closed candles of its horizon. Where one candle "
    "touches both barriers nobody knows which came first, so it counts against whatever was called; a take profit "
    "never counts in or after the candle of the stop. A missing candle leaves a signal open until it is filled."
)

PROVES = (
    "Each entry carries the SHA-256 of its content and of the entry before it. **It proves** that nothing up to an entry "
    "whose hash somebody kept was changed, left out or slipped in since. **It does not prove** that whoever runs this "
    "server did not rewrite everything before a hash was kept elsewhere, nor that anybody traded."
)

NEVER_TRADED = "never traded"


def prices_word(market: MarketIdentity) -> str:
    """Whose prices the record is of: ``simulated prices``, ``binanceusdm prices``."""
    return f"{market.name if market.kind == 'exchange' else market.kind} prices"


def origin_badge(origin: Origin, prices: str) -> str:
    """Markdown that stands at every outcome figure: whose signals these are, whose prices, and that nobody traded them."""
    colour = "blue" if origin is Origin.LIVE else "orange"
    return f":{colour}-badge[{origin} · {plain(prices)} · {NEVER_TRADED}]"


def origin_sentence(origin: Origin) -> str:
    """What signals of an origin are."""
    if origin is Origin.REPLAYED:
        return (
            "Replayed: worked out afterwards, on past candles that the models have never seen. Nobody was shown these "
            "signals as they would have come."
        )
    return "Live: issued and recorded as each candle closed, before anybody knew what would come."


def nothing_yet_sentence(record: TrackRecord, replayed: int) -> str:
    """Why there is no figure yet."""
    signals = record.whole.signals
    if record.scope.origin is Origin.REPLAYED:
        return "Nothing is replayed in this selection yet." if not signals else _still_open(signals)
    text = "No signal was issued live in this selection yet." if not signals else _still_open(signals)
    return f"{text} {replayed:,} signals were replayed on past candles." if replayed else text


def _still_open(signals: int) -> str:
    are = "is open" if signals == 1 else "are all open"
    return f"{count_text(signals, 'signal')} {are}: what became of one is known once its horizon is over."


def not_enough_sentence(resolved: int) -> str:
    return f"{NOT_ENOUGH.capitalize()}: {count_text(resolved, 'outcome')} of {ENOUGH}. Fewer say nothing, so no figure is shown."


def summary_sentence(whole: Slice, unjudged: int) -> str:
    text = f"{count_text(whole.signals, 'signal')}: {whole.resolved:,} with a known outcome, {whole.open:,} still open."
    return f"{text} {unjudged:,} more are in no figure, since nobody described their model." if unjudged else text


# ---------------------------------------------------------------- does it come when it says so?


def when_sentence(moves: MoveCalls) -> str:
    """How often a move came where one was called likely, and where it was called quiet."""
    return f"{_called('Called likely', moves.likely)} {_called('Called quiet', moves.quiet)}"


def _called(what: str, share: Share | None) -> str:
    if share is None:
        return f"{what}: never so far."
    if share.n < ENOUGH:
        return f"{what}: {NOT_ENOUGH}, {share.n:,} of {ENOUGH}."
    text = f"{what}: {share.hits:,} of {share.n:,} moves came, {percent_text(share.share)} ({interval_text(share)})"
    if share.promised is None:
        return f"{text}."
    return f"{text}; {percent_text(share.promised)} was promised: {kept_word(share)}."


def is_sure(share: Share) -> bool:
    """Whether enough days are over to say anything of how sure a share is."""
    return share.high - share.low < 1


def kept_word(share: Share) -> str:
    """Whether what was promised lies inside the interval of what came."""
    assert share.promised is not None
    if not is_sure(share):
        return "too early to judge"
    if share.promised > share.high:
        return "promised too much"
    return "promised too little" if share.promised < share.low else "kept"


def interval_text(share: Share) -> str:
    if not is_sure(share):
        return "too few days to say how sure that is"
    return f"{TYPESET.sure} interval {share.low * 100:.1f} to {share.high * 100:.1f}{TYPESET.percent}"


def worth_sentence(share: Share) -> str:
    """What signals that hang together are worth."""
    return (
        f"Coins move together and horizons overlap: as to how often something happened, {share.n:,} signals are worth about "
        f"{max(round(share.worth), 1):,} independent ones, which the intervals take into account."
    )


def skill_sentence(name: str, skill: Skill | None, over: str) -> str:
    """``Timing skill: +0.021 over ..., on n = 120 signals; interval ...: proven.``"""
    if skill is None or skill.n < ENOUGH:
        return f"{name}: {NOT_ENOUGH}."
    text = f"{name}: {score_text(skill.skill, 3)} over {over}, n = {skill.n:,}"
    if skill.low is None or skill.high is None:
        return f"{text}; too few days to say how sure that is."
    ends = f"{score_text(skill.low, 3)} to {score_text(skill.high, 3)}"
    return f"{text}; {ends} with {TYPESET.sure} however often one looks: {_proof_word(skill)}."


def _proof_word(skill: Skill | SkillSequence) -> str:
    if skill.proven:
        return "proven"
    return "worse than knowing only how often each happens" if skill.worse else "not proven"


def calibration_sentence(calibration: Calibration | None) -> str:
    """How far promises are off, and where the most."""
    if calibration is None or calibration.n < ENOUGH or not calibration.bins:
        return f"{NOT_ENOUGH.capitalize()}."
    off = [each for each, point in zip(calibration.bins, points_of(calibration), strict=True) if not point.kept]
    text = f"Off by {percent_text(calibration.error)} on average, n = {calibration.n:,}."
    if not any(is_sure(each.came) for each in calibration.bins):
        return f"{text} Too few days are over to say what of that is chance."
    if not off:
        return f"{text} Every point lies where chance allows."
    worst = max(off, key=lambda each: each.came.n * abs(each.came.share - (each.came.promised or 0)))
    many = "One point lies" if len(off) == 1 else f"{len(off)} of {len(calibration.bins)} points lie"
    return (
        f"{text} {many} outside what chance allows; the one that weighs most: {percent_text(worst.came.promised)} was "
        f"promised, {percent_text(worst.came.share)} came (n = {worst.came.n:,})."
    )


def time_sentence(times: TimeToTarget | None) -> str:
    """How long targets took beside what was promised."""
    if times is None or times.within.n < ENOUGH:
        return ""
    promised, took = (duration_text(timedelta(minutes=m)) for m in (times.promised_minutes, times.mean_minutes))
    return (
        f"Of {times.within.n:,} called targets that were reached, {percent_text(times.within.share)} were within the promised "
        f"time ({interval_text(times.within)}). That time is a median, so about half should be. Promised {promised} on average, "
        f"took {took}."
    )


# ---------------------------------------------------------------- does it know the side?


def side_sentence(sides: SideCalls | None, skill: Skill | None) -> str:
    """How often the side called came first, beside always calling one, and whether that means anything."""
    if sides is None or sides.right.n < ENOUGH:
        n = 0 if sides is None else sides.right.n
        return f"Sides called: {NOT_ENOUGH}, {n:,} of {ENOUGH}."
    proven = skill is not None and skill.proven
    verdict = "Knowing the side is proven." if proven else "That it knows the side is not proven."
    return (
        f"The side called came first {sides.right.hits:,} of {sides.right.n:,} times, {percent_text(sides.right.share)} "
        f"({interval_text(sides.right)}); always calling {DIRECTION_LOOKS[sides.majority].word} is right "
        f"{percent_text(sides.majority_share)} of the time. {verdict}"
    )


def wait_text(sequence: SkillSequence) -> str:
    """What it takes until something can be said: ``needs about 23 more days``."""
    if sequence.n < ENOUGH:
        return NOT_ENOUGH
    if sequence.proven:
        return "proven"
    if sequence.worse:
        return "worse than knowing only how often each happens"
    if sequence.mean <= 0:
        return "not proven; nothing above zero so far"
    if sequence.more_days is None:
        return "not proven; too early to say how long it takes"
    return f"not proven; needs about {days_text(sequence.more_days)} more"


def days_text(days: int) -> str:
    """``1 day``, ``23 days``, ``5 months``, ``11 years``."""
    if days >= YEARS_FROM:
        return f"{round(days / 365):,} years"
    return f"{round(days / 30)} months" if days >= MONTHS_FROM else count_text(max(days, 1), "day")


def result_sentence(result: Result | None) -> str:
    """The mean result in R, which nobody has ever earned."""
    if result is None or result.n < ENOUGH:
        return f"Result of called sides: {NOT_ENOUGH}."
    text = f"Result after fees, as if each of {result.n:,} called sides had been traded: {score_text(result.mean_r, 3)} R a call"
    if result.low is not None and result.high is not None:
        text += f" ({score_text(result.low, 3)} to {score_text(result.high, 3)} with {TYPESET.sure} however often one looks)"
    return f"{text}; {NEVER_TRADED}."


# ---------------------------------------------------------------- all three classes


def accuracy_sentence(accuracy: Accuracy | None) -> str:
    """How often the likeliest of three was right, beside the baseline and the tests."""
    if accuracy is None or accuracy.right.n < ENOUGH:
        return f"Accuracy: {NOT_ENOUGH}."
    tested = "" if accuracy.tested is None else f"; the models' tests had promised {percent_text(accuracy.tested)}"
    return (
        f"Of all three classes the likeliest was right {percent_text(accuracy.right.share)} of the time "
        f"({interval_text(accuracy.right)}, n = {accuracy.right.n:,}); always calling "
        f"{DIRECTION_LOOKS[accuracy.majority].word} is right {percent_text(accuracy.majority_accuracy)}{tested}."
    )


QUESTION_WORDS = {Question.TIMING: "When", Question.SIDE: "Which way", Question.WHOLE: "Both together"}
