import assert from "node:assert/strict";
import { bandBefore } from "../../../pages/components/signals/order.js";

function signal(until, band) {
  return { symbol: "BTCUSDT", timeframe: "15m", until, move: { band } };
}

Deno.test("a band that changed at a close is told until the next close, and no longer", () => {
  const known = new Map();
  assert.equal(bandBefore(known, signal("10:15", "quiet")), null, "nothing is known of what came before");
  assert.equal(bandBefore(known, signal("10:30", "likely")), "quiet");
  assert.equal(bandBefore(known, signal("10:30", "likely")), "quiet", "drawn again within the same candle");
  assert.equal(bandBefore(known, signal("10:45", "likely")), null);
});

Deno.test("a signal that was away begins anew", () => {
  const known = new Map();
  bandBefore(known, signal("10:15", "quiet"));
  assert.equal(bandBefore(known, { symbol: "BTCUSDT", timeframe: "15m" }), null);
  assert.equal(bandBefore(known, signal("10:45", "likely")), null);
});
