import assert from "node:assert/strict";
import { verdictGlyph } from "../../../pages/components/quality/table.js";

Deno.test("every verdict has a shape of its own", () => {
  const glyphs = ["none", "warning", "critical", "unusable", "missing"].map(verdictGlyph);
  assert.equal(new Set(glyphs).size, glyphs.length);
});
