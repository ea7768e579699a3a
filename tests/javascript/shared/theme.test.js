import assert from "node:assert/strict";
import { withOpacity } from "../../../pages/components/shared/theme.js";

Deno.test("a colour gets an opacity where it is written in six digits", () => {
  assert.equal(withOpacity("#2dbd85", 0.5), "rgba(45, 189, 133, 0.5)");
  assert.equal(withOpacity("rebeccapurple", 0.5), "rebeccapurple");
});
