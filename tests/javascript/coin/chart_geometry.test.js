import assert from "node:assert/strict";
import { setZone } from "../../../pages/components/shared/clock.js";
import * as geometry from "../../../pages/components/coin/chart_geometry.js";
import { candles, signalOn } from "./candles.js";

const HOUR = 3600_000;
const data = candles(400);
const [oldest, end] = geometry.extent(data);

Deno.test("a gap is a jump in time", () => {
  assert.equal(geometry.openTime(data, 10) - geometry.openTime(data, 9), 4 * HOUR);
});

Deno.test("there is room for the next candle, and for the signal's horizon", () => {
  assert.equal(end, geometry.openTime(data, 399) + 3 * HOUR);
  const signal = signalOn(data);
  assert.equal(geometry.extent({ ...data, signal })[1], signal.horizon + HOUR);
});

Deno.test("the newest candles that fit are shown at first", () => {
  assert.deepEqual(geometry.newestRange(data, 2000), [end - 150 * HOUR, end]);
  assert.deepEqual(geometry.newestRange(data, 450), [end - 100 * HOUR, end]);
  assert.equal(geometry.newestRange(candles(20), 2000)[0], oldest);
});

Deno.test("panning moves by a share of what is in sight and stops where candles end", () => {
  const range = [oldest + 100 * HOUR, oldest + 200 * HOUR];
  assert.deepEqual(geometry.panned(data, range, -0.4), [oldest + 60 * HOUR, oldest + 160 * HOUR]);
  assert.deepEqual(geometry.panned(data, range, -2), [oldest, oldest + 100 * HOUR]);
  assert.deepEqual(geometry.panned(data, range, 9), [end - 100 * HOUR, end]);
});

Deno.test("zooming holds the newer end, leaves some candles, and shows no more than there are", () => {
  const range = [oldest + 100 * HOUR, oldest + 200 * HOUR];
  assert.deepEqual(geometry.zoomed(data, range, 0.6), [oldest + 140 * HOUR, oldest + 200 * HOUR]);
  assert.deepEqual(geometry.zoomed(data, range, 0.001), [oldest + 188 * HOUR, oldest + 200 * HOUR]);
  assert.deepEqual(geometry.zoomed(data, range, 1000), [oldest, end]);
});

Deno.test("a candle out of sight is brought into it, and one in sight moves nothing", () => {
  const range = [geometry.openTime(data, 100), geometry.openTime(data, 200)];
  assert.deepEqual(geometry.showing(data, range, 150), range);
  assert.equal(geometry.showing(data, range, 50)[0], geometry.openTime(data, 50));
  assert.equal(geometry.showing(data, range, 250)[1], geometry.openTime(data, 250) + HOUR);
});

Deno.test("a candle that is asked for stands in the middle, or as near as candles reach", () => {
  const span = 100 * HOUR;
  const [from, to] = geometry.centred(data, [end - span, end], geometry.openTime(data, 200));
  assert.equal((from + to) / 2, geometry.openTime(data, 200) + HOUR / 2);
  assert.deepEqual(geometry.centred(data, [end - span, end], oldest), [oldest, oldest + span]);
});

Deno.test("each timeframe has buttons for spans that are worth one, and for all there is", () => {
  const names = (hours) => geometry.rangesOf(hours * HOUR).map(([name]) => name);
  assert.deepEqual(names(0.25), ["12h", "24h", "3d", "All"]);
  assert.deepEqual(names(1), ["3d", "1w", "2w", "All"]);
  assert.deepEqual(names(4), ["1w", "2w", "1m", "All"]);
  assert.deepEqual(names(24), ["3m", "6m", "1y", "All"]);
  assert.deepEqual(geometry.lastOf(data, Infinity), [oldest, end]);
  assert.deepEqual(geometry.lastOf(data, 24 * HOUR), [end - 24 * HOUR, end]);
});

Deno.test("places count candles from the first one's middle, gaps and the future included", () => {
  assert.equal(geometry.placeOf(data, oldest + HOUR / 2), 0);
  const range = [oldest + 20 * HOUR, oldest + 50 * HOUR];
  assert.deepEqual(geometry.toPlaces(data, range), { from: 19.5, to: 49.5 });
  assert.deepEqual(geometry.toTimes(data, geometry.toPlaces(data, range)), range);
  assert.equal(geometry.places(data), (end - oldest) / HOUR);
  assert.equal(geometry.axisTimes(data)[2] * 1000, oldest + 2 * HOUR);
});

Deno.test("on the axis days begin where the reader's do, and candles of days are UTC's", () => {
  setZone("Asia/Kolkata");
  assert.equal(geometry.axisTimes(data)[0] * 1000, oldest + 5.5 * HOUR);
  const days = { ...data, step: 24 * HOUR };
  assert.equal(geometry.axisTimes(days)[0] * 1000, oldest);
  setZone("UTC");
});

Deno.test("an hour that clocks show twice goes on, and the axis is right again after it", () => {
  setZone("Europe/Berlin"); // at 01:00 UTC on 2025-10-26 clocks go back from 03:00 to 02:00
  const autumn = { ...candles(6), start: Date.UTC(2025, 9, 25, 23) };
  const times = geometry.axisTimes(autumn);
  const clock = times.map((time) => new Date(time * 1000).toISOString().slice(11, 19));
  assert.deepEqual(clock.slice(0, 5), ["01:00:00", "02:00:00", "02:00:01", "03:00:00", "04:00:00"]);
  setZone("UTC");
});

Deno.test("the nearest candle is found, and none in a gap or in the future", () => {
  assert.deepEqual([9.4, 11, 12.6, 5000].map((place) => geometry.candleAt(data, place)), [9, -1, 10, -1]);
});

Deno.test("prices make room for levels where the signal is in sight", () => {
  const withSignal = { ...data, signal: { ...signalOn(data), levels: [{ price: 900 }, { price: 1 }] } };
  const prices = { minValue: 100, maxValue: 200 };
  assert.deepEqual(geometry.withLevels(prices, withSignal, [oldest, end]), { minValue: 1, maxValue: 900 });
  assert.deepEqual(geometry.withLevels(prices, withSignal, [oldest, oldest + 50 * HOUR]), prices);
  assert.deepEqual(geometry.withLevels(prices, data, [oldest, end]), prices);
  assert.equal(geometry.withLevels(null, withSignal, [oldest, end]), null);
});
