import assert from "node:assert/strict";
import { drawable, firstPanes, isWhole } from "../../../pages/components/coin/chart_panes.js";

Deno.test("a phone begins with fewer panes than a desk", () => {
  assert.deepEqual(firstPanes(390), ["move"]);
  assert.deepEqual(firstPanes(900), ["volume", "move"]);
});

Deno.test("panes keep their order, and one that there is nothing to draw in is left out", () => {
  assert.deepEqual(drawable(["sides", "volume", "move"], { said: {} }), ["volume", "move", "sides"]);
  assert.deepEqual(drawable(["sides", "volume"], { said: null }), ["volume"]);
});

Deno.test("a time at an end of the axis, which would be cut, is not whole", () => {
  assert.deepEqual([10, 17, 480, 490].map((x) => isWhole(x, 500)), [false, true, true, false]);
});
