import assert from "node:assert/strict";
import { heightsOf, points } from "../../../pages/components/signals/sparkline.js";

Deno.test("heights travel as two digits each", () => {
  assert.deepEqual(heightsOf("004999"), [0, 49, 99]);
  assert.deepEqual(heightsOf(""), []);
});

Deno.test("the highest close is on top, the lowest at the bottom, time from left to right", () => {
  assert.equal(points([0, 99, 50]), "0.0,99 50.0,0 100.0,49");
});
