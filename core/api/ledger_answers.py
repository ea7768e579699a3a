"""The shapes of /api/signals and /api/ledger/head."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from core.api.answers import MarketAnswer, PredictionAnswer
from core.api.replay import ParityAnswer
from core.api.verified import DamageAnswer, VerificationAnswer
from core.domain import Direction
from core.journal.vocabulary import Origin
from core.signals.outcomes import Touched


class TakeProfitTimes(BaseModel):
    tp1: str | None
    tp2: str | None
    tp3: str | None


class OutcomeAnswer(BaseModel):
    """What became of a signal by the close of the last candle of its horizon, entered once all of them were there.

    Times are the closes of the candles in which it was. Where the market corrects a candle afterwards, another outcome
    is entered that names the one before, and the newest counts.
    """

    seq: int = Field(description="The number of its own entry.")
    corrects: int | None = Field(description="The number of the outcome in whose place it stands.")
    touched: Touched = Field(
        description="Which barrier came first; `both`: one candle reached both; `none`: neither until `horizon_ends`."
    )
    came: bool = Field(description="Whether a barrier was touched; after `both`, too.")
    happened: Direction = Field(
        description="What the probabilities are judged by: `both` is NO_TRADE, so that a tie counts against a called move "
        "as it does against a called side."
    )
    side_right: bool | None = Field(
        description="Whether the called side's came first; `both` counts against the call. "
        "Null where no side was called, or nothing was touched."
    )
    touched_at: str | None
    stop_at: str | None = Field(description="When the stop was reached; null for NO_TRADE, which has none.")
    take_profits: TakeProfitTimes = Field(
        description="When each was reached, before the stop: in the candle of the stop, or after it, none counts."
    )
    highest_atr: float | None = Field(description="The horizon's highest high above the signal's close, in ATR.")
    lowest_atr: float | None = Field(description="Its lowest low, negative below the close.")
    r: float | None = Field(
        description="Result of the called side in units of the distance to the stop: left at tp1, at the stop, or at the "
        "close of the last candle, less `fee_percent` of what is bought and of what is sold. It was never traded: no "
        "slippage, no funding."
    )
    fee_percent: float
    resolved_at: str = Field(description="When that was found, by the market's clock.")


class ExactBarriersAnswer(BaseModel):
    """The barriers that the outcome is judged by: `barriers` are these, rounded to the price's step."""

    upper: float
    lower: float


class SignalAnswer(PredictionAnswer):
    """A prediction as it was shown when it was issued, `trust` and `expired` as of then.

    A `replayed` one was never shown: its `trust` is that of a live one of that candle, but for whether candles were late, or
    the model's record spoke against it, which nobody knows any more. Of a model that was described by an older Candor, its
    `reasons` are empty and `side` has no `n`: neither was recorded yet.
    """

    usual_move_probability: float | None = Field(  # type: ignore[assignment]  # of predictions there always is one
        description="How often one was touched in training; null where a replayed signal's model was never described."
    )

    seq: int = Field(description="The number of its entry: the order in which signals were recorded.")
    origin: Origin
    recorded_at: str = Field(description="When it was entered, by the clock of the machine that did.")
    delay_seconds: float = Field(description="How long after its candle's close it was issued, by the market's clock.")
    late: bool = Field(
        description="Issued live when over a quarter of a candle had gone by since its close, so that its entry could not be had "
        "any more: in no figure of the record."
    )
    code: str = Field(description="Fingerprint of the programs that made it.")
    exact_barriers: ExactBarriersAnswer
    outcome: OutcomeAnswer | None = Field(
        description="What became of it; null while its horizon is not over, or candles of it are missing."
    )


class SignalListAnswer(BaseModel):
    status: Literal["success"]
    market: MarketAnswer | None
    count: int
    signals: list[SignalAnswer]
    next_after: int = Field(description="Send it as `after` to go on; the same again until there is something new.")
    verification: VerificationAnswer


class OneSignalAnswer(SignalAnswer):
    status: Literal["success"]
    market: MarketAnswer | None
    verification: VerificationAnswer


class CountsAnswer(BaseModel):
    live: int
    replayed: int
    missing: int = Field(description="Candles on which a signal was expected and none was issued live.")
    outcomes: int = Field(description="Signals, live and replayed, whose outcome is known.")
    open: int = Field(description="Those whose outcome is not known yet.")
    overdue: int = Field(
        description="Those of `open` whose horizon is over: candles are missing in it, or were not held any more."
    )
    ahead: int = Field(
        description="Signals, or outcomes of them, of times later than the market's clock: that of a simulated or recorded market "
        "begins anew with each start, and its ledger goes on. Always 0 of an exchange."
    )
    corrections: int = Field(description="Outcomes entered in the place of others.")
    models: int = Field(description="Models that were described before their first signal.")
    comparisons: int = Field(description="Comparisons of new models with those in use.")


class LedgerHeadAnswer(BaseModel):
    """The last entry of the chain. Whoever keeps `seq` and `hash` can prove later that nothing up to it was changed."""

    status: Literal["success"]
    market: MarketAnswer | None
    ledger: str = Field(examples=["simulated-seed1"])
    seq: int = Field(description="Number of the last entry; 0 while there is none.")
    hash: str = Field(description="SHA-256 over it and all entries before it, hexadecimal.")
    recorded_at: str
    counts: CountsAnswer
    verified_at: str | None = Field(
        description="When the last verification of the chain began, up to `verified_seq`: what is new every minute, unless the whole is "
        "being recomputed just then. Null before the first time."
    )
    verified_whole_at: str | None = Field(
        description="When the last recomputation of the whole chain from its first entry began, every hour. What was entered "
        "after that was verified as it came."
    )
    verified_whole_seq: int | None = Field(description="The last entry of the chain as it was then.")
    verified_seq: int | None = Field(description="Up to which entry everything was found as it was written.")
    damage: DamageAnswer | None = Field(description="What the last verification found wrong.")
    parity: ParityAnswer | None = Field(description="Null until live signals were compared with their replay.")
