// Where things stand in the price chart: times, ranges and places, from the data that Python sent. Nothing here touches
// the page. A range is [from, to] in Unix milliseconds, `data` what chart_data of price_chart.py makes.
//
// The library counts places instead of milliseconds: candle n steps after the first has its middle at place n. Missing
// candles and those to come have places too, so that a gap is as wide as it is long.

import { wallTime } from "../shared/clock.js";
import { say } from "../shared/speech.js";

const FEWEST_CANDLES = 12; // that a zoom leaves in sight
const MOST_CANDLES = 150; // in sight before anybody zooms
const CANDLE_WIDTH = 4.5; // pixels a candle has then
export const DAY = 86_400_000;
const RANGES = [
  [say("12h"), DAY / 2],
  [say("24h"), DAY],
  [say("3d"), 3 * DAY],
  [say("1w"), 7 * DAY],
  [say("2w"), 14 * DAY],
  [say("1m"), 30 * DAY],
  [say("3m"), 90 * DAY],
  [say("6m"), 180 * DAY],
  [say("1y"), 365 * DAY],
];
const WORTH_A_BUTTON = [40, 450]; // candles: fewer are a zoom, more are all there are

export function openTime(data, i) {
  return data.start + data.at[i] * data.step;
}

/** Everything there is to see, with room for the candle to come and for the signal's horizon. */
export function extent(data) {
  const newest = openTime(data, data.at.length - 1) + data.step;
  const horizon = Math.max(data.signal?.horizon ?? 0, data.call?.horizon ?? 0);
  return [openTime(data, 0), Math.max(newest + data.step, horizon) + data.step];
}

/** How many places there are from the first candle to the end of everything. */
export function places(data) {
  const [oldest, end] = extent(data);
  return Math.round((end - oldest) / data.step);
}

/** The newest candles that a plot of `width` pixels has room for. */
export function newestRange(data, width) {
  return lastOf(data, Math.min(MOST_CANDLES, Math.round(width / CANDLE_WIDTH)) * data.step);
}

/** The buttons that a step is worth: [name, milliseconds] each, the last one all there is. */
export function rangesOf(step) {
  const [fewest, most] = WORTH_A_BUTTON;
  const worth = RANGES.filter(([, span]) => span / step >= fewest && span / step <= most);
  return [...worth.slice(0, 3), [say("All"), Infinity]];
}

/** The newest `span` milliseconds of candles, and what lies ahead of them. */
export function lastOf(data, span) {
  const [oldest, end] = extent(data);
  return [Math.max(oldest, end - span), end];
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

/** The range moved so that the candle that opens at `time` stands in its middle, or as near as candles reach. */
export function centred(data, [from, to], time) {
  const half = (to - from) / 2;
  const middle = time + data.step / 2;
  return kept(data, [middle - half, middle + half]);
}

/** The range moved to where there is something to see. */
function kept(data, [from, to]) {
  const [oldest, end] = extent(data);
  const shift = Math.max(oldest - from, 0) + Math.min(end - to, 0);
  return [from + shift, to + shift];
}

// ---------------------------------------------------------------- the library's places

/** The moment at which candle `n` opens. */
export function momentOf(data, n) {
  return data.start + n * data.step;
}

/**
 * The time of each place, in seconds, as the library has it. It knows UTC alone, so it is given what the reader's clock
 * shows: its marks are days and hours of the reader's. An hour that clocks show twice goes on by seconds the second time.
 * Candles of days are UTC's wherever one reads.
 */
export function axisTimes(data) {
  let before = -Infinity;
  return Array.from({ length: places(data) }, (_, n) => {
    const moment = momentOf(data, n);
    return before = Math.max(before + 1, (data.step < DAY ? wallTime(moment) : moment) / 1000);
  });
}

/** The place of a moment: whole where a candle has its middle. */
export function placeOf(data, time) {
  return (time - data.start) / data.step - 0.5;
}

export function toPlaces(data, [from, to]) {
  return { from: placeOf(data, from), to: placeOf(data, to) };
}

export function toTimes(data, { from, to }) {
  return [from, to].map((place) => Math.round(data.start + (place + 0.5) * data.step));
}

/** The candle whose place is nearest, one more than there are for the open one, -1 where there is none: a gap, or the future. */
export function candleAt(data, place) {
  return [...data.at, data.forming?.at].indexOf(Math.round(place));
}

/** A range of prices made wide enough for the levels of the signal and of a named call, where their candles are in sight. */
export function withLevels(prices, { signal, call }, [from, to]) {
  const inSight = [signal, call].filter((each) => each && to > each.from && from < each.horizon);
  if (!prices || !inSight.length) return prices;
  const levels = inSight.flatMap((each) => each.levels.map(({ price }) => price));
  return { minValue: Math.min(prices.minValue, ...levels), maxValue: Math.max(prices.maxValue, ...levels) };
}
