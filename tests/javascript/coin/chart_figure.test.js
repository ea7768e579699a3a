import assert from "node:assert/strict";
import { figure, labelWidth, priceText } from "../../../pages/components/coin/chart_figure.js";
import { candles, signalOn } from "./candles.js";

const theme = {
  background: "#000000",
  text: "#ffffff",
  green: "#00ff00",
  red: "#ff0000",
  blue: "#0000ff",
  gray: "#888888",
  font: "x",
};
const place = { range: null, width: 900, height: 480, theme, touch: false };
const data = candles(200);
const withSignal = { ...data, signal: signalOn(data) };

Deno.test("candles and volumes stand over the middle of their time", () => {
  const { traces } = figure(data, place);
  assert.deepEqual(traces.map((trace) => trace.type), ["candlestick", "bar"]);
  for (const trace of traces) assert.equal(trace.x[0], data.start + data.step / 2);
});

Deno.test("past calls are triangles, filled where they came, and one whose candle is not there is left out", () => {
  const [first, second] = [data.start + data.at[3] * data.step, data.start + data.at[9] * data.step];
  const past = [
    { at: first, long: true, filled: true },
    { at: second, long: false, filled: false },
    { at: data.start - data.step, long: true, filled: true },
  ];
  const marks = figure({ ...data, past }, place).traces[2];
  assert.deepEqual(marks.marker.symbol, ["triangle-up", "triangle-down-open"]);
  assert.deepEqual(marks.x, [first + data.step / 2, second + data.step / 2]);
  assert.ok(marks.y[0] < data.low[3] && marks.y[1] > data.high[9]);
});

Deno.test("without a signal nothing is drawn over the candles", () => {
  const { layout } = figure(data, place);
  assert.deepEqual([layout.shapes.length, layout.annotations.length], [0, 1]);
});

Deno.test("every level has two lines and a label, and the bands end with the call and the horizon", () => {
  const { layout } = figure(withSignal, place);
  const { from, valid, horizon } = withSignal.signal;
  const bands = layout.shapes.filter((shape) => shape.type === "rect");
  assert.deepEqual(bands.map((band) => [band.x0, band.x1]), [[from, horizon], [from, valid]]);
  assert.equal(layout.shapes.filter((shape) => shape.type === "line").length, 10);
  assert.equal(layout.annotations.length, 6);
});

Deno.test("levels of a call that is none are grey and faint", () => {
  const signal = { ...withSignal.signal, hypothetical: true };
  const { layout } = figure({ ...data, signal }, place);
  const strong = layout.shapes.filter((shape) => shape.type === "line" && shape.opacity);
  assert.deepEqual(new Set(strong.map((line) => `${line.line.color} ${line.opacity}`)), new Set(["#888888 0.55"]));
});

Deno.test("a level out of sight has no label", () => {
  const range = [data.start, data.start + 20 * data.step];
  assert.equal(figure(withSignal, { ...place, range }).layout.annotations.length, 1);
});

Deno.test("a narrow plot has its scale inside, and a touch scrolls the page", () => {
  const { layout } = figure(data, { ...place, width: 350, touch: true });
  assert.equal(layout.yaxis.ticklabelposition, "inside top");
  assert.equal(layout.dragmode, false);
});

Deno.test("there is room for the longest label", () => {
  assert.equal(labelWidth(data), 16);
  assert.ok(labelWidth({ ...withSignal, decimals: 6 }) > labelWidth(withSignal));
});

Deno.test("prices have the coin's decimals", () => {
  assert.equal(priceText(64210.5, 2), "64,210.50");
});
