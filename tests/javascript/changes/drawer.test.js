import assert from "node:assert/strict";
import { mayFollow, titleText } from "../../../pages/components/changes/drawer.js";

Deno.test("the closed drawer says how many are new, or how many there are to who never looked", () => {
  const noon = Date.UTC(2025, 8, 3, 12, 0);
  const listed = { seqs: [9, 8, 7], rows: [{ at: "11:00" }], most: 200 };
  assert.equal(
    titleText("1h", listed, { seq: 7, at: noon }, noon),
    "Changes on 1h: 2 new since your last look at 12:00 UTC",
  );
  assert.equal(
    titleText("1h", listed, null, noon),
    "Changes on 1h: 3, the newest at 11:00",
    "the page of changes has those of every timeframe",
  );
  const today = { ...listed, rows: [{ at: "2025-09-03 11:00 UTC" }] };
  assert.match(titleText("1h", today, null, noon), /the newest at 11:00 UTC$/);
  assert.equal(titleText("1h", { ...listed, most: 3 }, null, noon), "Changes on 1h: 3 or more, the newest at 11:00");
  assert.equal(titleText("1h", { seqs: [], rows: [], most: 200 }, null, noon), "Changes on 1h: none yet");
});

Deno.test("what was read earlier takes the place of nothing but another timeframe's or another market's changes", () => {
  const drawn = { timeframe: "15m", newest: { market: "exchange-okx", seq: 20 } };
  const given = (timeframe, market, seq) => mayFollow({ timeframe, newest: { market, seq } }, drawn);
  assert.equal(given("15m", "exchange-okx", 19), false);
  assert.equal(given("15m", "exchange-okx", 20), true); // such as the same in another time zone
  assert.equal(given("1h", "exchange-okx", 19), true);
  assert.equal(given("15m", "simulated-seed1", 3), true);
  assert.equal(mayFollow({ timeframe: "15m", newest: null }, drawn), false);
  assert.equal(mayFollow({ timeframe: "15m", newest: null }, { timeframe: "15m", newest: null }), true);
});
