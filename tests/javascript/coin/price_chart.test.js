import assert from "node:assert/strict";
import { actionOf, readings } from "../../../pages/components/coin/price_chart.js";
import { candles } from "./candles.js";

Deno.test("arrows read candle by candle, with shift they pan", () => {
  assert.equal(actionOf({ key: "ArrowLeft" }), "previous");
  assert.equal(actionOf({ key: "ArrowRight", shiftKey: true }), "later");
  assert.equal(actionOf({ key: "0" }), "latest");
});

Deno.test("keys that belong to the browser are left to it", () => {
  assert.equal(actionOf({ key: "-", ctrlKey: true }), undefined);
  assert.equal(actionOf({ key: "a" }), undefined);
});

Deno.test("a candle is read out with its time, prices, change and volume", () => {
  const texts = readings(candles(5, { volume: [0, 12.5, 0, 0, 0] }), 1).map(({ name, text }) =>
    name ? `${name} ${text}` : text
  );
  assert.deepEqual(texts, [
    "2025-01-01 01:00 UTC",
    "O 100.0",
    "H 103.0",
    "L 99.0",
    "C 101.0",
    "▲ +1.00 %",
    "Vol 12.5",
  ]);
});

Deno.test("a falling candle has a minus and another tone", () => {
  const change = readings(candles(1, { open: [100], close: [99] }), 0)[5];
  assert.deepEqual(change, { text: "▼ −1.00 %", tone: "down" });
});
