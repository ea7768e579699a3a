import assert from "node:assert/strict";
import { candlesCsv, fetchCandles, inRange } from "../../../pages/components/coin/chart_candles.js";

const HOUR = 3_600_000;
const candle = (hour) => ({
  open_time: `2025-01-01T0${hour}:00:00Z`,
  open: 1,
  high: 3,
  low: 0.5,
  close: 2,
  volume: 7.25,
});

Deno.test("a candle is in sight where any part of it is", () => {
  const noon = Date.UTC(2025, 0, 1, 1, 30);
  const seen = inRange([0, 1, 2, 3].map(candle), [noon, noon + HOUR], HOUR);
  assert.deepEqual(seen.map(({ open_time }) => open_time.slice(11, 13)), ["01", "02"]);
});

Deno.test("candles are written as the server has them", () => {
  assert.equal(candlesCsv([candle(4)]), "open_time,open,high,low,close,volume\n2025-01-01T04:00:00Z,1,3,0.5,2,7.25\n");
});

Deno.test("a server that refuses is no file", async () => {
  globalThis.document = { baseURI: "https://example.org/candor/" };
  globalThis.fetch = (address) => {
    assert.equal(address.href, "https://example.org/candor/api/candles/BTCUSDT?timeframe=1h&limit=2");
    return Promise.resolve(new Response("no", { status: 503 }));
  };
  await assert.rejects(fetchCandles({ key: "BTCUSDT 1h", at: [0, 1] }), /503/);
});
