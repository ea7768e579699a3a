// Where things stand in the price chart: times, ranges and label places, from the data that Python sent. Nothing here
// touches the page. A range is [from, to] in Unix milliseconds, `data` what chart_data of price_chart.py makes.

const LABEL_GAP = 19; // pixels between two level labels
const FEWEST_CANDLES = 12; // that a zoom leaves in sight
const MOST_CANDLES = 150; // in sight before anybody zooms
const CANDLE_WIDTH = 4.5; // pixels a candle has then

export function openTime(data, i) {
  return data.start + data.at[i] * data.step;
}

/** Everything there is to see, with room for the candle to come and for the signal's horizon. */
export function extent(data) {
  const newest = openTime(data, data.at.length - 1) + data.step;
  return [openTime(data, 0), Math.max(newest + data.step, data.signal?.horizon ?? 0) + data.step];
}

/** The newest candles that a plot of `width` pixels has room for. */
export function newestRange(data, width) {
  const [oldest, end] = extent(data);
  const candles = Math.min(MOST_CANDLES, Math.round(width / CANDLE_WIDTH));
  return [Math.max(oldest, end - candles * data.step), end];
}

/** The range moved by a share of itself, to the right where that is positive. */
export function panned(data, [from, to], share) {
  const shift = (to - from) * share;
  return kept(data, [from + shift, to + shift]);
}

/** The range `factor` times as wide, its newer end held. */
export function zoomed(data, [from, to], factor) {
  const [oldest, end] = extent(data);
  const span = Math.min(Math.max((to - from) * factor, FEWEST_CANDLES * data.step), end - oldest);
  return kept(data, [to - span, to]);
}

/** The range moved no further than it takes to show candle `i`. */
export function showing(data, [from, to], i) {
  const opens = openTime(data, i);
  const closes = opens + data.step;
  if (opens < from) return kept(data, [opens, opens + to - from]);
  if (closes > to) return kept(data, [closes - (to - from), closes]);
  return [from, to];
}

/** The range moved to where there is something to see. */
function kept(data, [from, to]) {
  const [oldest, end] = extent(data);
  const shift = Math.max(oldest - from, 0) + Math.min(end - to, 0);
  return [from + shift, to + shift];
}

/** The Unix milliseconds of what plotly says of a range's end: a number, or "2025-08-31 14:00" in UTC. */
export function utc(end) {
  if (typeof end === "number") return end;
  return Date.parse(end.replace(" ", "T") + (end.length > 10 ? "Z" : ""));
}

/** Prices from the lowest to the highest in sight, levels included, with a little room. */
export function priceRange(data, [from, to]) {
  const shown = candlesIn(data, [from, to]);
  const levels = data.signal && to > data.signal.from ? data.signal.levels.map((level) => level.price) : [];
  let low = Math.min(...shown.map((i) => data.low[i]), ...levels);
  let high = Math.max(...shown.map((i) => data.high[i]), ...levels);
  if (low > high) [low, high] = [data.low.at(-1), data.high.at(-1)];
  const room = (high - low || high * 0.01) * 0.06;
  return [low - room, high + room];
}

/** The largest volume in sight; 1 where there is none. */
export function highestVolume(data, range) {
  return Math.max(...candlesIn(data, range).map((i) => data.volume[i]), 0) || 1;
}

function candlesIn(data, [from, to]) {
  return [...data.at.keys()].filter((i) => openTime(data, i) + data.step >= from && openTime(data, i) <= to);
}

/** How far, in pixels upwards, the label of each price moves so that no two overlap and all stay inside the plot. */
export function labelShifts(prices, [low, high], height) {
  const pixel = (price) => ((price - low) / (high - low)) * height;
  const order = prices.map((price, i) => ({ i, at: pixel(price) })).sort((p, q) => p.at - q.at);
  for (let k = 1; k < order.length; k++) order[k].at = Math.max(order[k].at, order[k - 1].at + LABEL_GAP);
  let ceiling = height - LABEL_GAP / 2;
  for (let k = order.length - 1; k >= 0; k--) {
    order[k].at = Math.min(order[k].at, ceiling);
    ceiling = order[k].at - LABEL_GAP;
  }
  const shifts = [];
  for (const { i, at } of order) shifts[i] = at - pixel(prices[i]);
  return shifts;
}
