import assert from "node:assert/strict";
import { quietened, usualText, usualTitle } from "../../../pages/components/shared/meter.js";

Deno.test("what is usual is said over all hours, and at this one where that is known", () => {
  const hour = { share: "74 %", at: 0.74, told: "14:00 to 15:00 UTC: after 76 %." };
  assert.equal(usualText({ usual: "68 %" }), "usually\u00a068 %");
  assert.equal(usualText({ usual: "68 %", hour }), "usually\u00a068 % (at\u00a0this\u00a0hour\u00a074 %)");
  assert.match(usualTitle({}), /at whatever hour\.$/);
  assert.match(usualTitle({ hour }), /at whatever hour. 14:00 to 15:00 UTC: after 76 %.$/);
});

Deno.test("a move that is likely over all hours, but not for this one, or that nothing proves, is drawn as usual", () => {
  const likely = { band: "likely", proof: "proven" };
  assert.equal(quietened({ ...likely, hour: { band: "usual" } }), "usual");
  assert.equal(quietened({ ...likely, hour: { band: "likely" } }), "likely");
  assert.equal(quietened(likely), "likely");
  assert.equal(quietened({ ...likely, band: "quiet", hour: { band: "likely" } }), "quiet");
  assert.equal(quietened({ ...likely, proof: "unproven", hour: { band: "likely" } }), "usual");
});
