import assert from "node:assert/strict";
import { actionOf } from "../../../pages/components/coin/price_chart.js";

Deno.test("left and right read candle by candle, with shift they pan; up and down zoom", () => {
  assert.equal(actionOf({ key: "ArrowLeft" }), "previous");
  assert.equal(actionOf({ key: "ArrowRight", shiftKey: true }), "later");
  assert.equal(actionOf({ key: "ArrowUp" }), "closer");
  assert.equal(actionOf({ key: "0" }), "latest");
});

Deno.test("keys that belong to the browser are left to it", () => {
  assert.equal(actionOf({ key: "-", ctrlKey: true }), undefined);
  assert.equal(actionOf({ key: "a" }), undefined);
});
