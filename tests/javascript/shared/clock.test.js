import assert from "node:assert/strict";
import {
  dayText,
  marketNow,
  marketTime,
  offsetText,
  setZone,
  spanText,
  stopClock,
  timeText,
  untilClose,
} from "../../../pages/components/shared/clock.js";

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

Deno.test("in a zone of one's own times follow it, summer time and date included", () => {
  setZone("Europe/Berlin");
  const [summer, winter] = [Date.UTC(2025, 7, 31, 22, 5), Date.UTC(2025, 11, 31, 22, 5)];
  assert.deepEqual([dayText(summer), timeText(summer)], ["2025-09-01", "00:05 UTC+2"]);
  assert.deepEqual([dayText(winter), timeText(winter)], ["2025-12-31", "23:05 UTC+1"]);
  setZone("Asia/Kolkata");
  assert.equal(timeText(winter), "03:35 UTC+5:30");
  setZone("UTC");
  assert.equal(offsetText(-180), "UTC−3");
});

Deno.test("a clock that was stopped stands still until it is let go", () => {
  stopClock(true);
  const stopped = marketNow();
  stopClock(true);
  assert.equal(marketNow(), stopped);
  stopClock(false);
  assert.ok(marketNow() >= stopped);
});
