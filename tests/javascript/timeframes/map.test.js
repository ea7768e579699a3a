import assert from "node:assert/strict";
import { scaleSpan, strength } from "../../../pages/components/timeframes/map.js";

Deno.test("colour grows with how far P(move) is above usual, and never so strong that text on it is hard to read", () => {
  assert.equal(strength(-0.2), 0);
  assert.equal(strength(0), 0);
  assert.ok(strength(0.2) > strength(0.1));
  assert.equal(strength(0.25), 52);
  assert.equal(strength(0.5), 52);
});

Deno.test("a score reaches from the middle to its side", () => {
  assert.deepEqual(scaleSpan(1), { left: "50%", width: "50%" });
  assert.deepEqual(scaleSpan(-0.5), { left: "25%", width: "25%" });
  assert.deepEqual(scaleSpan(-3), { left: "0%", width: "50%" });
  assert.deepEqual(scaleSpan(0), { left: "50%", width: "0%" });
});
