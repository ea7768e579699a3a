import assert from "node:assert/strict";
import { titleText } from "../../../pages/components/changes/drawer.js";

Deno.test("the closed drawer says how many are new, or how many there are to who never looked", () => {
  const noon = Date.UTC(2025, 8, 3, 12, 0);
  assert.equal(titleText([9, 8, 7], { seq: 7, at: noon }, noon), "Changes: 2 new since your last look at 12:00 UTC");
  assert.equal(titleText([9, 8, 7], null, noon), "Changes: 3 lately");
});
