// In which order cards stand while somebody reads them, and what is new about them since the last close.

/** The order to draw: what stood there stays where it stood while `held`; what is new comes after it. */
export function orderOf(before, wanted, held) {
  if (!held) return wanted;
  const there = new Set(wanted);
  const kept = before.filter((key) => there.has(key));
  const known = new Set(kept);
  return [...kept, ...wanted.filter((key) => !known.has(key))];
}

export function sameOrder(one, other) {
  return one.length === other.length && one.every((key, place) => key === other[place]);
}

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
