"""What each column of the ledger's tables holds, and in which unit: for the API's documentation and the files themselves."""

from __future__ import annotations

EXPORT_NOTE = (
    "The whole ledger up to its last entry as one file. Live and replayed signals stand in it together, told apart by "
    "`origin`; no signal was traded. Times are Unix milliseconds, UTC; what is not known is empty."
)

COLUMN_NOTES = {
    "seq": "number of its entry: the order in which entries were recorded",
    "recorded_at_ms": "when it was entered, Unix ms, by the clock of the machine that did",
    "origin": "live: issued as its candle closed; replayed: worked out afterwards, shown to nobody",
    "symbol": "coin against USDT",
    "timeframe": "length of a candle: 15m, 1h, 4h, 1d",
    "candle_open_ms": "when its candle opened, Unix ms UTC",
    "model_version": "which model gave it",
    "model_kind": "cnn_lstm or ensemble",
    "code": "fingerprint of the programs that made it",
    "direction": "the likeliest of LONG, SHORT, NO_TRADE",
    "p_long": "probability that the upper barrier is touched first, fraction",
    "p_short": "probability that the lower barrier is touched first, fraction",
    "p_no_trade": "probability that neither is touched in time, or both in one candle, fraction",
    "p_move": "probability that a barrier is touched, fraction",
    "close": "the candle's close, quote currency",
    "atr": "average true range of 14 candles, quote currency",
    "upper_barrier": "quote currency, unrounded",
    "lower_barrier": "quote currency, unrounded",
    "horizon_candles": "candles in which a barrier has to be touched",
    "levels_side": "the side that the levels are of",
    "entry": "quote currency, in ticks",
    "stop_loss": "quote currency, in ticks",
    "tp1": "first take profit, quote currency, in ticks",
    "tp2": "second take profit, quote currency, in ticks",
    "tp3": "third take profit, quote currency, in ticks",
    "verdict": "how far to believe the model, as shown then",
    "severity": "of the verdict, as shown then; empty where nothing was found",
    "timing": "whether the model's test proved timing skill",
    "side": "whether the model's test proved side skill",
    "issued_at_ms": "when it was issued, Unix ms, the market's clock",
    "delay_ms": "how long after its candle's close it was issued, ms",
    "outcome_seq": "number of the outcome's own entry; empty while the signal is open",
    "touched": "what was touched first: upper, lower, both in one candle, none; both counts against the call",
    "candles_to_touch": "in which candle after the signal's own",
    "stop_at_ms": "close of the candle in which the stop was reached, Unix ms",
    "tp1_at_ms": "close of the candle in which take profit 1 was reached, Unix ms; never in or after that of the stop",
    "tp2_at_ms": "the same of take profit 2",
    "tp3_at_ms": "the same of take profit 3",
    "highest_atr": "highest excursion over the horizon, in ATR above the close",
    "lowest_atr": "lowest excursion over the horizon, in ATR, negative below the close",
    "r": "result in R after fees as if the called side had been traded; never traded; empty where no side was called",
    "fee_percent": "fee that r allows for, percent a side",
    "resolved_at_ms": "when the outcome was found, Unix ms, the market's clock",
    "candles": "so many candles in a row",
    "reason": "why no signal was issued on them",
    "detail": "the reason as it was shown",
    "noticed_at_ms": "when that was noticed, Unix ms, the market's clock",
    "data_until_ms": "when the last candle closed that the model learned from or was chosen by, Unix ms",
}
"""Of columns that explain themselves, such as the figures of a model's test (fractions, nats), nothing is said."""
