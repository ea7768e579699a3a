import assert from "node:assert/strict";
import { orderMark } from "../../../pages/components/shared/sortable_table.js";

Deno.test("only the column that orders the rows is marked, with its way", () => {
  const order = { column: "coin", descending: false };
  assert.deepEqual(orderMark("coin", order), { name: "ascending", arrow: "↑" });
  assert.deepEqual(orderMark("coin", { ...order, descending: true }), { name: "descending", arrow: "↓" });
  assert.deepEqual(orderMark("skill", order), { name: "none", arrow: "" });
});
