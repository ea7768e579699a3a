import assert from "node:assert/strict";
import { fewest } from "../../../pages/components/shared/bar_room.js";

Deno.test("a bar leaves out no more than it must", () => {
  const steps = ["a", "b", "c"];
  assert.deepEqual(fewest(steps, () => true), []);
  assert.deepEqual(fewest(steps, (taken) => taken.length >= 2), ["a", "b"]);
  assert.deepEqual(fewest(steps, () => false), steps);
});
