/** Chart data of `count` candles an hour long, with a gap of three after the tenth, closing at 100, 101, 102... */
export function candles(count, more = {}) {
  const at = Array.from({ length: count }, (_, i) => i < 10 ? i : i + 3);
  const close = at.map((_, i) => 100 + i);
  return {
    key: "BTCUSDT 1h",
    start: Date.UTC(2025, 0, 1),
    step: 3600_000,
    at,
    open: close.map((price) => price - 1),
    high: close.map((price) => price + 2),
    low: close.map((price) => price - 2),
    close,
    volume: close.map((price) => price * 10),
    gone_by: null,
    call: null,
    forming: null,
    decimals: 1,
    signal: null,
    past: [],
    said: null,
    marked: null,
    ...more,
  };
}

/** A signal on the last of those candles, its levels two apart. */
export function signalOn(data) {
  const from = data.start + (data.at.at(-1) + 1) * data.step;
  const price = data.close.at(-1);
  const level = (short, kind, away) => ({ short, kind, price: price + away });
  return {
    hypothetical: false,
    from,
    valid: from + data.step,
    horizon: from + 16 * data.step,
    levels: [
      level("TP3", "target", 6),
      level("TP2", "target", 4),
      level("TP1", "target", 2),
      level("Entry", "entry", 0),
      level("Stop", "stop", -2),
    ],
  };
}
