import assert from "node:assert/strict";
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

Deno.test("prices reach from the lowest to the highest in sight, with the levels where they are", () => {
  const [low, high] = geometry.priceRange(data, [geometry.openTime(data, 0), geometry.openTime(data, 5)]);
  assert.ok(low < 98 && low > 97 && high > 107 && high < 108);
  const signal = { ...signalOn(data), levels: [{ price: 900 }] };
  assert.ok(geometry.priceRange({ ...data, signal }, geometry.newestRange(data, 400))[1] > 900);
  assert.ok(geometry.priceRange({ ...data, signal }, [oldest, oldest + 50 * HOUR])[1] < 900);
});

Deno.test("where no candle is in sight the newest one's prices are shown", () => {
  const [low, high] = geometry.priceRange(candles(20), [end + 900 * HOUR, end + 950 * HOUR]);
  assert.ok(low < 117 && high > 121);
});

Deno.test("a flat price still has a range, and volumes too", () => {
  const flat = candles(1, { open: [5], high: [5], low: [5], close: [5], volume: [0] });
  const [low, high] = geometry.priceRange(flat, geometry.extent(flat));
  assert.ok(low < 5 && high > 5);
  assert.equal(geometry.highestVolume(flat, geometry.extent(flat)), 1);
  assert.equal(geometry.highestVolume(data, [oldest, oldest + 2.5 * HOUR]), 1020);
});

Deno.test("plotly's ends of a range are read as UTC", () => {
  assert.equal(geometry.utc("2025-08-31"), Date.UTC(2025, 7, 31));
  assert.equal(geometry.utc("2025-08-31 14:00"), Date.UTC(2025, 7, 31, 14));
  assert.equal(geometry.utc("2025-08-31 14:00:30.5"), Date.UTC(2025, 7, 31, 14, 0, 30, 500));
  assert.equal(geometry.utc(1234), 1234);
});

Deno.test("labels keep apart, in their order, and inside the plot", () => {
  const prices = [100, 99.9, 99.8, 50, 0];
  const places = geometry.labelShifts(prices, [0, 100], 300).map((shift, i) => prices[i] * 3 + shift);
  for (let i = 1; i < places.length; i++) assert.ok(places[i - 1] - places[i] >= 19 - 1e-9);
  assert.ok(Math.max(...places) <= 300 - 9.5);
  assert.equal(geometry.labelShifts([50], [0, 100], 300)[0], 0);
});
