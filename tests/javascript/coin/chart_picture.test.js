import assert from "node:assert/strict";
import { fileName, fitting } from "../../../pages/components/coin/chart_picture.js";

Deno.test("a picture is named for what it shows and up to when", () => {
  assert.equal(fileName("ETHUSDT 15m", Date.UTC(2025, 8, 3, 12, 15), "png"), "ETHUSDT_15m_20250903T1215.png");
});

Deno.test("its title is small enough to be whole", () => {
  const title = "x".repeat(80);
  assert.equal(fitting(title, 1400), 13);
  assert.ok(fitting(title, 360) * 0.55 * title.length <= 360 - 20 + 1e-9);
});
