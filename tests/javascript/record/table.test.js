import assert from "node:assert/strict";
import { addressOf, marksOf } from "../../../pages/components/record/table.js";

Deno.test("a row leads to its candle by an address of the house's names", () => {
  const link = { page: "coin", symbol: "BTCUSDT", timeframe: "15m", candle: "2025-09-03T12:00" };
  assert.equal(addressOf(link), "coin?symbol=BTCUSDT&timeframe=15m&candle=2025-09-03T12%3A00");
});

Deno.test("what a record's test had is marked beside its baseline, where it had one", () => {
  const bar = { low: 0.3, high: 0.5, value: 0.4 };
  assert.deepEqual(marksOf({ ...bar, mark: 0.36, test: 0.41 }), [["point", 0.4], ["test", 0.41], ["tick", 0.36]]);
  assert.deepEqual(marksOf({ ...bar, test: 0 }), [["point", 0.4], ["test", 0]]);
});
