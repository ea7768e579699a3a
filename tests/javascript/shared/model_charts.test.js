import assert from "node:assert/strict";
import { coloured } from "../../../pages/components/shared/model_charts.js";

Deno.test("colours of the theme are filled in wherever they stand, and nothing else changes", () => {
  const figure = { data: [{ x: [1, null], line: { color: "theme:blue" } }], title: "theme", on: true };
  const filled = { data: [{ x: [1, null], line: { color: "#00f" } }], title: "theme", on: true };
  assert.deepEqual(coloured(figure, { blue: "#00f" }), filled);
});
