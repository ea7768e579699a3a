"""Changes in words: what a signal said before and what it says now, as rows for the browser and as CSV. Knows no Streamlit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from operator import eq
from typing import Any

from core.domain import Direction, ticker
from core.findings import Verdict
from core.journal.changes import Change, ChangeKind, Statement
from core.market.candles import moment_of
from core.measured import Proof
from core.signals.bands import CLEAR_SIDE, SideStrength, band_beside
from core.text import iso
from core.wording.language import phrase, say, say_count
from core.wording.style import TYPESET, Style
from pages.components.shared.appearance import BAND_STYLES, PROOF_STYLES, VERDICT_WORDS
from pages.components.shared.headline import fewest_decimals, share_text, side_and_share_text

KIND_WORDS = {
    ChangeKind.BAND: phrase("Band"),
    ChangeKind.SIDE: phrase("Side"),
    ChangeKind.VERDICT: phrase("Verdict"),
}


def change_rows(changes: Iterable[Change], style: Style = TYPESET) -> list[dict[str, Any]]:
    """One row for each change: when, of what, what changed, and where the candle is."""
    return [_row(change, style) for change in changes]


def _row(change: Change, style: Style) -> dict[str, Any]:
    symbol, timeframe = change.now.series
    candle = moment_of(change.now.candle_open_ms)
    return {
        "seq": change.seq,
        "at": style.minute(moment_of(change.now.issued_at_ms)),
        "coin": ticker(symbol),
        "timeframe": timeframe.value,
        "link": {"symbol": symbol, "timeframe": timeframe.value, "candle": f"{candle:%Y-%m-%dT%H:%M}"},
        "band": change.now.band.value if _is_loud(change) else None,
        "weak": _is_weak(change.now),
        "changed": [
            [say(KIND_WORDS[kind]), words_of(kind, change.before), words_of(kind, change.now)] for kind in change.kinds
        ],
        "shares": _shares(change),
        "doubts": _doubts(change),
        "gap": _gap_words(change.candles_without),
    }


def _gap_words(candles: int) -> str:
    """It may have changed on any of them; nothing where the one signal follows on the other."""
    return (
        say_count("after {count} candle without a signal", "after {count} candles without a signal", candles)
        if candles
        else ""
    )


def _is_weak(statement: Statement) -> bool:
    return statement.verdict == Verdict.WEAK_MODEL


def _is_loud(change: Change) -> bool:
    """Whether a band is shown as cards show it: not of a model that is weak, nor where nothing proves that it knows when."""
    now = change.now
    return ChangeKind.BAND in change.kinds and now.timing_proof is Proof.PROVEN and not _is_weak(now)


def _doubts(change: Change) -> list[str]:
    """What speaks against a signal now and is not what has changed."""
    kinds, now = change.kinds, change.now
    doubts = [] if ChangeKind.VERDICT in kinds or now.verdict == Verdict.TRUSTED else [_verdict_word(now.verdict)]
    if ChangeKind.BAND in kinds and now.timing_proof is not Proof.PROVEN and not _is_weak(now):
        question = say("Timing")
        doubts.append(f"{question} {PROOF_STYLES[now.timing_proof].text}")
    return doubts


def _shares(change: Change) -> list[str]:
    """The shares before and now of what changed; of a verdict alone those of a move."""
    side = [_side_words(change)] if ChangeKind.SIDE in change.kinds else []
    return side if change.kinds == (ChangeKind.SIDE,) else [_move_words(change), *side]


def _side_words(change: Change) -> str:
    before, now = change.before.long, change.now.long
    digits = max(fewest_decimals(_is_clear, max(long, 1 - long)) for long in (before, now))
    return say("LONG {long} if it moves", long=_from_to(before, now, digits))


def _is_clear(share: float) -> bool:
    return share >= CLEAR_SIDE


def _move_words(change: Change) -> str:
    """P(move) before and now, and what is usual: before and now too, where another model says so."""
    before, now = change.before, change.now
    digits = max(fewest_decimals(band_beside, each.move, each.usual) for each in (before, now))
    usual = share_text(now.usual, digits) if before.usual == now.usual else _from_to(before.usual, now.usual, digits)
    return say("P(move) {move}, usually {usual}", move=_from_to(before.move, now.move, digits), usual=usual)


def _from_to(before: float, now: float, digits: int = 0) -> str:
    """Both shares, with as many decimals as it takes to tell them apart: rounded alike they would hide what changed."""
    digits = max(digits, fewest_decimals(eq, before, now))
    return f"{share_text(before, digits)} → {share_text(now, digits)}"


def words_of(kind: ChangeKind, statement: Statement) -> str:
    """What a signal said of a kind, in a word or two."""
    match kind:
        case ChangeKind.BAND:
            return BAND_STYLES[statement.band].word
        case ChangeKind.SIDE:
            return side_words(statement)
        case ChangeKind.VERDICT:
            return _verdict_word(statement.verdict)


def _verdict_word(verdict: str) -> str:
    """That of a later program is told as it stands."""
    return say(VERDICT_WORDS[Verdict(verdict)]) if verdict in set(Verdict) else verdict


def side_words(statement: Statement) -> str:
    """The side, only as strong as it was: ``unclear``, ``leans LONG 52 %`` or ``LONG 57 %``."""
    if statement.side is None:
        return say("unclear")
    share = statement.long if statement.side is Direction.LONG else 1 - statement.long
    return side_and_share_text(statement.side, share, statement.side_strength is SideStrength.CLEAR)


_FIRST_COLUMNS = (
    "market",
    "origin",
    "seq",
    "issued_at",
    "symbol",
    "timeframe",
    "candle_open_time",
    "model_version",
    "changed",
    "candles_without_signal",
)
_COLUMNS = ("band", "move", "usual", "side", "long", "verdict")


def changes_csv(changes: Sequence[Change], market: str) -> bytes:
    """Changes as CSV with a header: what was said before and now, probabilities as issued, times in ISO 8601 UTC."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = (f"{column}_{when}" for when in ("before", "now") for column in _COLUMNS)
    writer.writerow([*_FIRST_COLUMNS, *columns])
    for change in changes:
        writer.writerow([market, "live", *_first_cells(change), *_csv_cells(change.before), *_csv_cells(change.now)])
    return text.getvalue().encode()


def _first_cells(change: Change) -> list[object]:
    now = change.now
    times = iso(moment_of(now.issued_at_ms)), iso(moment_of(now.candle_open_ms))
    return [
        now.seq,
        times[0],
        now.series.symbol,
        now.series.timeframe.value,
        times[1],
        now.model_version,
        " ".join(change.kinds),
        change.candles_without,
    ]


def _csv_cells(statement: Statement) -> list[object]:
    return [
        statement.band.value,
        statement.move,
        statement.usual,
        statement.side.value if statement.side else "unclear",
        statement.long,
        statement.verdict,
    ]
