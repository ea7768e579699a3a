import assert from "node:assert/strict";
import { activeFilters, toggled } from "../../../pages/components/signals/bar.js";

Deno.test("each filter that asks something is counted once", () => {
  const none = {
    minimums: { confidence: 0, move: 0 },
    directions: [],
    bands: [],
    trusted_only: false,
    watch: [],
    search: "",
  };
  assert.equal(activeFilters(none), 0);
  assert.equal(activeFilters({ ...none, minimums: { confidence: 0.4, move: 0.7 }, directions: ["LONG", "SHORT"] }), 3);
  assert.equal(activeFilters({ ...none, bands: ["quiet"], trusted_only: true, search: "btc", watch: ["BTC"] }), 4);
});

Deno.test("a second press takes a choice back, and the last one leaves nothing in the address", () => {
  assert.deepEqual(toggled(["LONG"], "SHORT"), ["LONG", "SHORT"]);
  assert.deepEqual(toggled(["LONG", "SHORT"], "LONG"), ["SHORT"]);
  assert.equal(toggled(["LONG"], "LONG"), null);
});
