// What is new about cards since the last close.

/**
 * What became of a signal at its newest close: `known` remembers the band of each, and is brought up to date.
 * Says from which band it came, for as long as that candle lasts; nothing of a signal that is seen for the first time.
 */
export function bandBefore(known, { symbol, timeframe, until, move }) {
  const key = `${symbol} ${timeframe}`;
  const last = known.get(key);
  if (!move) {
    known.delete(key);
    return null;
  }
  if (!last) known.set(key, { until, band: move.band, from: null });
  else if (last.until !== until) {
    known.set(key, { until, band: move.band, from: last.band === move.band ? null : last.band });
  }
  return known.get(key).from;
}
