import assert from "node:assert/strict";
import { scaleSpan, strength } from "../../../pages/components/timeframes/map.js";

Deno.test("colour grows with confidence, from a third on, and never to its full strength", () => {
  assert.equal(strength(0.2), 12);
  assert.equal(strength(1 / 3), 12);
  assert.ok(strength(0.5) > strength(0.4));
  assert.equal(strength(1), 80);
});

Deno.test("a score reaches from the middle to its side", () => {
  assert.deepEqual(scaleSpan(1), { left: "50%", width: "50%" });
  assert.deepEqual(scaleSpan(-0.5), { left: "25%", width: "25%" });
  assert.deepEqual(scaleSpan(0), { left: "50%", width: "0%" });
});
