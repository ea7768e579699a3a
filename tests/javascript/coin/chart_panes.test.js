import assert from "node:assert/strict";
import { drawable, firstPanes } from "../../../pages/components/coin/chart_panes.js";

Deno.test("a phone begins with fewer panes than a desk", () => {
  assert.deepEqual(firstPanes(390), ["move"]);
  assert.deepEqual(firstPanes(900), ["volume", "move"]);
});

Deno.test("panes keep their order, and one that there is nothing to draw in is left out", () => {
  assert.deepEqual(drawable(["sides", "volume", "move"], { said: {} }), ["volume", "move", "sides"]);
  assert.deepEqual(drawable(["sides", "volume"], { said: null }), ["volume"]);
});
