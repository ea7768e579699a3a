import assert from "node:assert/strict";
import { addressOf } from "../../../pages/components/record/table.js";

Deno.test("a row leads to its candle by an address of the house's names", () => {
  const link = { page: "coin", symbol: "BTCUSDT", timeframe: "15m", candle: "2025-09-03T12:00" };
  assert.equal(addressOf(link), "coin?symbol=BTCUSDT&timeframe=15m&candle=2025-09-03T12%3A00");
});
