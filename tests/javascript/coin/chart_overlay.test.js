import assert from "node:assert/strict";
import { bands, between, calls, levels, named, Overlay } from "../../../pages/components/coin/chart_overlay.js";
import { candles, signalOn } from "./candles.js";

const theme = { green: "#00ff00", red: "#ff0000", blue: "#0000ff", gray: "#888888", yellow: "#ffff00" };
const data = candles(20);
const signal = signalOn(data);
const same = (value) => value;
const opened = (i) => data.start + data.at[i] * data.step;

Deno.test("the bands end with the call and the horizon, and the candle that was asked for has one", () => {
  const ends = bands({ ...data, signal, marked: opened(3) }, theme, same).map(({ x0, x1 }) => [x0, x1]);
  assert.deepEqual(ends, [[signal.from, signal.horizon], [signal.from, signal.valid], [opened(3), opened(4)]]);
  assert.deepEqual(bands(data, theme, same), []);
});

Deno.test("each level has a strong line over the candles in which it counts, a faint one where it is no call", () => {
  const lines = levels({ ...data, signal }, theme, same, same);
  assert.deepEqual(lines.map(({ y }) => y), signal.levels.map(({ price }) => price));
  assert.deepEqual(lines[0].dash, [6, 4]);
  const faint = levels({ ...data, signal: { ...signal, hypothetical: true } }, theme, same, same);
  assert.deepEqual(new Set(faint.map(({ colour }) => colour)), new Set(["rgba(136, 136, 136, 0.55)"]));
});

Deno.test("past calls are triangles, filled where they came, and one whose candle is not there is left out", () => {
  const past = [
    { at: opened(3), long: true, filled: true },
    { at: opened(12), long: false, filled: false },
    { at: data.start - data.step, long: true, filled: true },
  ];
  const shapes = calls({ ...data, past }, theme, same, same);
  assert.deepEqual(shapes.map(({ up, filled }) => [up, filled]), [[true, true], [false, false]]);
  assert.equal(shapes[0].x, opened(3) + data.step / 2);
  assert.ok(shapes[0].y > data.low[3] && shapes[1].y < data.high[12]); // pixels count downwards
});

Deno.test("what lies between two candles is found, though whole places alone have coordinates", () => {
  const coordinateOf = (place) => Number.isInteger(place) ? 100 + place * 6 : 0;
  assert.deepEqual([2, 2.5, -0.5].map((place) => between(coordinateOf, place)), [112, 115, 97]);
});

Deno.test("a click near a triangle is one on it", () => {
  const overlay = new Overlay();
  overlay.attached({
    chart: { timeScale: () => ({ logicalToCoordinate: (place) => place * 10 }) },
    series: { priceToCoordinate: () => 100 },
    requestUpdate: () => {},
  });
  assert.equal(overlay.hitTest(30, 109), null);
  overlay.show({ ...data, past: [{ at: opened(3), long: true, filled: true }] }, theme);
  assert.equal(overlay.hitTest(33, 111).externalId, opened(3));
  assert.equal(overlay.hitTest(60, 111), null);
});

Deno.test("a named call is a bracket until its horizon ends, with a ring where a barrier was touched", () => {
  const call = {
    from: opened(3),
    horizon: opened(8),
    levels: [{ kind: "barrier", price: 110 }, { kind: "entry", price: 105 }, { kind: "barrier", price: 100 }],
    touched: [110],
    touched_at: opened(5),
    came: true,
  };
  const shapes = named({ ...data, call }, theme, same, same);
  const of = (kind) => shapes.filter((shape) => shape.kind === kind);
  assert.deepEqual(
    of("line").map(({ x0, x1, y }) => [x0, x1, y]),
    [110, 105, 100].map((y) => [opened(3), opened(8), y]),
  );
  assert.deepEqual(of("end").map(({ x, y0, y1 }) => [x, y0, y1]), [[opened(3), 110, 100], [opened(8), 110, 100]]);
  assert.deepEqual(of("ring").map(({ x, y, filled }) => [x, y, filled]), [[opened(5) + data.step / 2, 110, true]]);
  assert.deepEqual(of("ring").length, 1);
  assert.deepEqual(named({ ...data, call: { ...call, touched: [] } }, theme, same, same).length, 5);
  assert.deepEqual(named(data, theme, same, same), []);
});
