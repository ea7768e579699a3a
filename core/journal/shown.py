"""The JSON of a prediction as it was shown, in a quarter of its bytes: what all have in common is written here once."""

from __future__ import annotations

import zlib

LARGEST = 1_000_000
"""Bytes of one prediction's JSON; some hundred times what it takes."""

_IN_COMMON = (
    b"Candles are missing since UTC. The newest candle is unfamiliar. Always saying NO_TRADE is right "
    b'"severity":"critical","verdict":"no_skill","verdict":"worse","severity":null,"reasons":[]'
    b'{"symbol":"BTCUSDT","timeframe":"1h","direction":"LONG","confidence":0.4,"probabilities":{"LONG":0.4,"SHORT":0.3,'
    b'"NO_TRADE":0.2},"model_accuracy":0.4,"test_candles":5360,"majority_accuracy":0.35,"entry":0.2,"stop_loss":0.2,'
    b'"take_profits":{"tp1":0.2,"tp2":0.2,"tp3":0.2},"tp_eta_minutes":105,"prediction_time":"2026-01-01T00:00:00Z",'
    b'"valid_until":"2026-01-01T00:15:00Z","expired":false,"levels_side":"SHORT","trust":{"verdict":"trusted",'
    b'"severity":"warning","severity":"note","reasons":["Right 37.2% of the time on 5,360 test candles (95 % interval '
    b"35.9% to 38.5%), under the 40% line, though its skill is proven: +0.019 over the class frequencies on 5,360 test "
    b'candles, 95 % interval +0.003 to +0.033. Always saying SHORT is right 35.4%."],"timing":{"verdict":"proven",'
    b'"skill":0.02,"interval":[-0.001,0.05],"n":5360},"side":{"verdict":"unproven","skill":0.007,"interval":[-0.001,0.015],'
    b'"n":3644}},"model_version":"20260101-00000000","model_kind":"ensemble","model_kind":"cnn_lstm","candle_open_time":'
    b'"2026-01-01T00:00:00Z","move_probability":0.8,"usual_move_probability":0.7,"side_probability":{"LONG":0.5,"SHORT":'
    b'0.5},"barriers":{"upper":0.2,"lower":0.2},"horizon_ends":"2026-01-01T04:15:00Z"}'
)
"""Never to be changed: whatever was compressed with it can be read with nothing else."""


def compressed(text: str) -> bytes:
    """JSON as the ledger keeps it."""
    packing = zlib.compressobj(zdict=_IN_COMMON)
    return packing.compress(text.encode()) + packing.flush()


def decompressed(content: bytes) -> str:
    """What ``compressed`` was given; ValueError for anything else."""
    unpacking = zlib.decompressobj(zdict=_IN_COMMON)
    try:
        text = unpacking.decompress(content, LARGEST).decode()
    except zlib.error as error:
        raise ValueError(f"it cannot be unpacked ({error})") from None
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("it is not one whole text")
    return text
