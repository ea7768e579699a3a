import assert from "node:assert/strict";
import { dayText, marketTime, spanText, timeText, untilClose } from "../../../pages/components/shared/clock.js";

const SECOND = 1000;
const HOUR = 3600 * SECOND;

Deno.test("the market's clock runs at the market's speed", () => {
  assert.equal(marketTime({ now: 5000, set: 100, speed: 180 }, 350), 5000 + 250 * 180);
});

Deno.test("a countdown has hours only where there are some, and drops the second that has begun", () => {
  assert.equal(spanText(59 * SECOND + 999), "00:59");
  assert.equal(spanText(HOUR - 1), "59:59");
  assert.equal(spanText(4 * HOUR + 65 * SECOND), "4:01:05");
  assert.equal(spanText(24 * HOUR), "24:00:00");
  assert.equal(spanText(0), "00:00");
});

Deno.test("a candle closes when its duration is over", () => {
  assert.equal(untilClose(900, 900 * 7 + 100), 800);
  assert.equal(untilClose(900, 900 * 7), 900);
});

Deno.test("times are written to the minute, in UTC", () => {
  const moment = Date.UTC(2025, 7, 31, 14, 5, 59);
  assert.deepEqual([dayText(moment), timeText(moment)], ["2025-08-31", "14:05 UTC"]);
});
