import assert from "node:assert/strict";
import { awayWatch, offlineText, pauseBeforeLoading } from "../../../pages/components/shared/offline.js";

Deno.test("a server is away once it has been silent for a moment, and back as soon as it answers", () => {
  const told = [];
  const waiting = [];
  let state = "CONNECTED";
  let now = 1;
  const look = awayWatch((since) => told.push(since), () => state, (act) => waiting.push(act), () => now++);
  look();
  state = "PINGING_SERVER";
  look();
  look(); // other words for the same
  state = "CONNECTED";
  look();
  waiting.shift()();
  assert.deepEqual(told, [], "it was back before anybody would have noticed");
  state = "PINGING_SERVER";
  look();
  waiting.shift()();
  state = "CONNECTING";
  look();
  state = "CONNECTED";
  look();
  look();
  assert.deepEqual(told, [2, null]);
  assert.equal(waiting.length, 0);
});

Deno.test("it says since when, by the clock on the wall", () => {
  assert.match(offlineText(new Date(2025, 7, 31, 23, 5)), /^Offline since 23:05, trying again\./);
});

Deno.test("a page whose connection was given up is loaded anew at once, and then once in ten seconds at most", () => {
  assert.equal(pauseBeforeLoading(null, 1_800_000_000_000), 0);
  assert.equal(pauseBeforeLoading("1800000000000", 1_800_000_004_000), 6_000);
  assert.equal(pauseBeforeLoading("1800000000000", 1_800_000_010_000), 0);
  assert.equal(pauseBeforeLoading("1800000000000", 1_700_000_000_000), 0, "a clock that was put back");
});
