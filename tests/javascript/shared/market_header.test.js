import assert from "node:assert/strict";
import { behindText, currentTimeframe, marketName } from "../../../pages/components/shared/market_header.js";

Deno.test("a market that is not an exchange is called by what it is", () => {
  assert.equal(marketName({ kind: "simulated", name: "simulated" }, null), "Simulated market");
});

Deno.test("an exchange is live, unless candles are late", () => {
  const exchange = { kind: "exchange", name: "binanceusdm" };
  assert.equal(marketName(exchange, null), "Live · binanceusdm");
  assert.equal(marketName(exchange, { series: 1 }), "Candles behind · binanceusdm");
});

Deno.test("late series are counted with the reason of the first", () => {
  assert.equal(behindText({ series: 2, of: 6, reason: "Why." }), "2 of 6 series lack their newest candles. Why.");
  assert.equal(behindText({ series: 1, of: 6, reason: "Why." }), "1 of 6 series lacks its newest candles. Why.");
});

Deno.test("a narrow bar counts down to the timeframe that the page is about", () => {
  const candles = { "15m": 900_000, "1h": 3_600_000 };
  assert.equal(currentTimeframe(candles, "?timeframe=1h"), "1h");
  assert.equal(currentTimeframe(candles, "?timeframe=7m"), "15m");
  assert.equal(currentTimeframe(candles, ""), "15m");
});
