import assert from "node:assert/strict";
import { coloured, laidOut } from "../../../pages/components/shared/model_charts.js";

Deno.test("colours of the theme are filled in wherever they stand, and nothing else changes", () => {
  const figure = { data: [{ x: [1, null], line: { color: "theme:blue" } }], title: "theme", on: true };
  const filled = { data: [{ x: [1, null], line: { color: "#00f" } }], title: "theme", on: true };
  assert.deepEqual(coloured(figure, { blue: "#00f" }), filled);
});

Deno.test("a figure takes its narrow layout where there is little room, if it has one", () => {
  const both = { data: [1], layout: { height: 440 }, narrow: { height: 820 } };
  assert.deepEqual(laidOut(both, 300), { data: [1], layout: { height: 820 } });
  assert.deepEqual(laidOut(both, 800), { data: [1], layout: { height: 440 } });
  assert.deepEqual(laidOut({ data: [1], layout: { height: 440 } }, 300), { data: [1], layout: { height: 440 } });
});
