import assert from "node:assert/strict";
import { actionOf, firstRange } from "../../../pages/components/coin/price_chart.js";

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

Deno.test("a chart that is put in place anew shows what it showed; later, or of another series, the newest candles", () => {
  const gone = { key: "BTCUSDT 1h", range: [1, 2], at: 5000 };
  assert.deepEqual(firstRange("BTCUSDT 1h", gone, 6000), [1, 2]);
  assert.equal(firstRange("ETHUSDT 1h", gone, 6000), null);
  assert.equal(firstRange("BTCUSDT 1h", gone, 60_000), null);
  assert.equal(firstRange("BTCUSDT 1h", null, 0), null);
});
