import assert from "node:assert/strict";
import { placesOf } from "../../../pages/components/coin/explanation.js";

Deno.test("more lies to the right of the middle, less to the left, and the widest reaches the edge", () => {
  assert.deepEqual(placesOf({ added: 0.03, error: 0.01 }, 0.04), { bar: [50, 87.5], error: [75, 100] });
  assert.deepEqual(placesOf({ added: -0.04, error: 0 }, 0.04), { bar: [0, 50], error: [0, 0] });
});

Deno.test("where nothing adds anything no bar is drawn", () => {
  assert.deepEqual(placesOf({ added: 0, error: 0 }, 0), { bar: [50, 50], error: [50, 50] });
});
