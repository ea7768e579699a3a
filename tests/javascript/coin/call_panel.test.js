import assert from "node:assert/strict";
import { countdownText, elapsedShare } from "../../../pages/components/coin/call_panel.js";

Deno.test("the countdown ends in a sentence", () => {
  assert.equal(countdownText(61_000, false), "01:01");
  assert.equal(countdownText(0, false), "Closed: the next call is on its way");
  assert.equal(countdownText(0, true), "Expired: no newer call has come");
});

Deno.test("the bar grows from nothing to the whole candle, and no further", () => {
  assert.equal(elapsedShare(900, 900), 0);
  assert.equal(elapsedShare(225, 900), 0.75);
  assert.equal(elapsedShare(-50, 900), 1);
  assert.equal(elapsedShare(1200, 900), 0);
});
