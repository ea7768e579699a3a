import assert from "node:assert/strict";
import { usualText, usualTitle } from "../../../pages/components/shared/meter.js";

Deno.test("what is usual is said at any hour, and at this one where that is known", () => {
  const hour = { share: "74 %", at: 0.74, told: "14:00 to 15:00 UTC: after 76 %." };
  assert.equal(usualText({ usual: "68 %" }), "usually 68 %");
  assert.equal(usualText({ usual: "68 %", hour }), "usually 68 % (at this hour 74 %)");
  assert.match(usualTitle({}), /at whatever hour\.$/);
  assert.match(usualTitle({ hour }), /at whatever hour. 14:00 to 15:00 UTC: after 76 %.$/);
});
