import assert from "node:assert/strict";
import { lastLook, lookText, newSince, newText, rememberLook } from "../../../pages/components/changes/last_look.js";
import { storageIsForbidden, storageWith } from "../storages.js";

const NOON = Date.UTC(2025, 8, 3, 12, 0);

Deno.test("a kept look is read, and whatever else is kept says nothing", () => {
  storageWith("candor:changes:okx", '{"seq": 17, "at": 5}');
  assert.deepEqual(lastLook("okx"), { seq: 17, at: 5 });
  for (const text of [null, "", "17", "null", "{", '{"seq": "17", "at": 5}', '{"seq": -1, "at": 5}', '{"seq": 1}']) {
    storageWith("candor:changes:okx", text);
    assert.equal(lastLook("okx"), null);
  }
});

Deno.test("a browser that keeps nothing knows its last look until it is closed", () => {
  storageIsForbidden();
  globalThis.document = { hidden: true };
  rememberLook("okx", 3);
  assert.equal(lastLook("okx"), null, "nobody looks");
  document.hidden = false;
  rememberLook("okx", 3);
  assert.equal(lastLook("okx").seq, 3);
});

Deno.test("what came after the look is new, and nothing is to who never looked", () => {
  assert.equal(newSince([3, 2, 1], { seq: 1, at: NOON }), 2);
  assert.equal(newSince([3, 2, 1], null), 0);
});

Deno.test("the look is named by its time, and by its day where that is another", () => {
  assert.equal(lookText(NOON, NOON + 60_000), "12:00 UTC");
  const dayLater = lookText(NOON, NOON + 86_400_000);
  assert.equal(dayLater.replaceAll("\u2060", ""), "2025-09-03 12:00 UTC");
  assert.match(dayLater, /\u2060-\u2060/, "no line ends within a date");
});

Deno.test("what is new is counted in words", () => {
  const look = { seq: 1, at: NOON };
  assert.equal(newText(12, look, NOON), "12 new since your last look at 12:00 UTC");
  assert.equal(newText(0, look, NOON), "Nothing new since your last look at 12:00 UTC");
  assert.equal(newText(200, look, NOON, 200), "200 or more new since your last look at 12:00 UTC");
  assert.equal(newText(0, null, NOON), "");
});
