import assert from "node:assert/strict";
import { withOpacity } from "../../../pages/components/shared/theme.js";
import { setZone } from "../../../pages/components/shared/clock.js";
import * as series from "../../../pages/components/coin/chart_series.js";
import { candles, signalOn } from "./candles.js";

const theme = {
  background: "#000000",
  text: "#ffffff",
  green: "#00ff00",
  red: "#ff0000",
  blue: "#0000ff",
  gray: "#888888",
  yellow: "#ffff00",
  border: "#444444",
  font: "x",
};
const data = candles(20);
const withSignal = { ...data, signal: signalOn(data) };
const said = { long: Array(20).fill(0.3), short: Array(20).fill(0.41), usual: 0.68 };
said.long[0] = said.short[0] = null;

/** Where a price stands in a plot of one pixel a price, in these tests. */
const at = (price) => price;

Deno.test("missing candles and those to come keep their room", () => {
  const points = series.candlePoints(withSignal, theme);
  assert.equal(points[0].time, data.start / 1000);
  assert.deepEqual(points.slice(9, 14).map(({ close }) => close), [109, undefined, undefined, undefined, 110]);
  assert.equal(points.at(-1).time * 1000, withSignal.signal.horizon);
  assert.equal(series.volumePoints(withSignal, theme).length, points.length);
});

Deno.test("a candle that has not closed yet is drawn as unfinished, and others are not", () => {
  const forming = { at: 23, open: 119, high: 121, low: 118, close: 120 };
  const points = series.candlePoints({ ...data, forming }, theme, at);
  assert.deepEqual([points[23].close, points[23].color], [120, withOpacity(theme.gray, 0)]);
  assert.equal(points[22].color, undefined);
});

Deno.test("a move is either side, and where nothing was said nothing is drawn", () => {
  const points = series.sharePoints({ ...data, said }, series.moveShare);
  assert.equal(points[0].value, undefined);
  assert.equal(points[1].value.toFixed(6), "71.000000");
  assert.equal(series.noTradeShare(said, 1).toFixed(2), "0.29");
  assert.equal(series.noTradeShare(said, 0), null);
  assert.deepEqual([series.usualLine(said, theme).price, series.usualLine(said, theme).lineStyle], [68, 2]);
});

Deno.test("every level has a line and a tag of its colour", () => {
  const lines = series.levelLines(withSignal, theme);
  assert.deepEqual(lines.map(({ title }) => title), ["TP3", "TP2", "TP1", "Entry", "Stop"]);
  assert.deepEqual(lines.map(({ axisLabelColor }) => axisLabelColor), [
    theme.green,
    theme.green,
    theme.green,
    theme.blue,
    theme.red,
  ]);
  assert.deepEqual(series.levelLines(data, theme), []);
});

Deno.test("beside the scale stand the prices of a past call that was asked for, and not those of now", () => {
  const call = { levels: [{ short: "Upper", kind: "barrier", price: 3.102 }] };
  for (const shown of [{ ...withSignal, call }, { ...data, signal: null, call }]) {
    assert.deepEqual(series.levelLines(shown, theme).map(({ title, price }) => [title, price]), [["Upper", 3.102]]);
    assert.equal(series.priceTags(shown, theme).length, 1, "no level says the newest price");
  }
});

Deno.test("levels of a call that is none are grey", () => {
  const signal = { ...withSignal.signal, hypothetical: true };
  const colours = series.levelLines({ ...data, signal }, theme).map(({ axisLabelColor }) => axisLabelColor);
  assert.deepEqual(new Set(colours), new Set([theme.gray]));
});

Deno.test("the newest price has a tag unless a level's tag says the same", () => {
  const [tag] = series.priceTags(data, theme);
  assert.equal(tag.price, data.close.at(-1), "wherever the plot has been moved");
  assert.equal(tag.lineVisible, false);
  assert.deepEqual(series.priceTags(withSignal, theme), []);
  const forming = { at: 23, open: 119, high: 121, low: 118, close: 120.5 };
  assert.deepEqual(series.priceTags({ ...withSignal, forming }, theme), [series.newestTag(120.5, theme.gray)]);
  for (const look of [series.candleLook(data, theme, at), series.shareLook(theme.blue, [], at)]) {
    assert.equal(look.lastValueVisible, false, "the library's own tag names the last candle in sight");
  }
});

Deno.test("prices have the coin's decimals, times are UTC", () => {
  assert.equal(series.priceText(64210.5, 2), "64,210.50");
  assert.equal(series.candleLook(data, theme, at).priceFormat.formatter(64210.5), "64,210.5");
  assert.equal(series.momentText(Date.UTC(2025, 7, 31, 14)), "2025-08-31 14:00 UTC");
  assert.equal(series.shareLook(theme.blue, [], at).priceFormat.formatter(71.4), "71\u00a0%");
});

Deno.test("a candle is read out with its time, prices, change, volume, and what was said of it", () => {
  const five = candles(5, { volume: [0, 12.5, 0, 0, 0] });
  const texts = (of, i) => series.readings(of, i).map(({ name, text }) => (name ? `${name} ${text}` : text));
  const plain = ["2025-01-01 01:00 UTC", "O 100.0", "H 103.0", "L 99.0", "C 101.0", "▲ +1.00\u00a0%", "Vol 12.5"];
  assert.deepEqual(texts(five, 1), plain);
  assert.deepEqual(texts({ ...five, said }, 1), [...plain, "P(move) 71\u00a0%"]);
  assert.equal(texts({ ...five, said }, 0).length, 7);
});

Deno.test("a volume is written as beside its pane", () => {
  const texts = [0, 12.5, 994.123, 1756.2, 999_994, 2_345_678, 15e9].map(series.volumeText);
  assert.deepEqual(texts, ["0", "12.5", "994.12", "1.76K", "999.99K", "2.35M", "15B"]);
});

Deno.test("a falling candle has a minus and another tone", () => {
  const change = series.readings(candles(1, { open: [100], close: [99] }), 0)[5];
  assert.deepEqual(change, { text: "▼ −1.00\u00a0%", tone: "down" });
});

Deno.test("a swipe up or down is the page's, across it is the chart's", () => {
  const { handleScroll } = series.chartLook(theme, series.momentsOf(data));
  assert.deepEqual([handleScroll.vertTouchDrag, handleScroll.horzTouchDrag], [false, true]);
});

Deno.test("the crosshair's time is in the reader's zone, and none where the axis has none", () => {
  setZone("Asia/Kolkata");
  const { timeFormatter } = series.chartLook(theme, series.momentsOf(data)).localization;
  assert.match(timeFormatter(data.start / 1000 + 5.5 * 3600), /^\d{4}-\d\d-\d\d \d\d:30 UTC\+5:30$/);
  assert.equal(timeFormatter(1), "");
  setZone("UTC");
});

Deno.test("at a mark stands what a clock shows; days, and UTC, are left to the library", () => {
  const second = Date.UTC(2025, 9, 26, 1, 30); // in Berlin the second 02:30 of that day
  assert.equal(series.tickText(second, true), null);
  setZone("Europe/Berlin");
  assert.equal(series.tickText(second, true), "02:30");
  assert.equal(series.tickText(second, false), null);
  assert.equal(series.tickText(undefined, true), null);
  setZone("UTC");
});

Deno.test("the newest share that there is has a tag", () => {
  const said = { long: [0.3, 0.25, null], short: [0.2, 0.5, null] };
  assert.deepEqual(series.newestShare(candles(3, { said }), series.moveShare), [75]);
  assert.deepEqual(series.newestShare(candles(3), series.moveShare), []);
});

Deno.test("a tick that a tag would half cover is left out", () => {
  const text = (price) => String(price);
  assert.deepEqual(series.tickTexts([0, 10, 20, 30, 40], text, [22], (price) => price * 2), [
    "0",
    "10",
    "",
    "30",
    "40",
  ]);
  assert.deepEqual(series.tickTexts([0, 10], text, [10], () => null), ["0", "10"], "nothing is drawn yet");
  const withSignal = candles(20, {});
  withSignal.signal = signalOn(withSignal);
  const { tickmarksFormatter } = series.candleLook(withSignal, theme, (price) => price * 20).priceFormat;
  assert.deepEqual(tickmarksFormatter([110, 121]), ["110.0", ""], "a level stands there");
});

Deno.test("the open candle is read out as one, without what nobody says of it", () => {
  const forming = { at: 23, open: 119, high: 121, low: 118, close: 120, volume: 7 };
  const texts = series.readings({ ...data, said, forming }, 20).map(({ text }) => text);
  assert.deepEqual(texts, [
    "2025-01-01 23:00 UTC",
    "still open",
    "119.0",
    "121.0",
    "118.0",
    "120.0",
    "▲ +0.84\u00a0%",
    "7",
  ]);
});
