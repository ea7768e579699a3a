import assert from "node:assert/strict";
import { orderOf, sameOrder } from "../../../pages/components/shared/held_order.js";

Deno.test("what is being read stays where it stands, what is gone leaves, what is new comes last", () => {
  assert.deepEqual(orderOf(["A", "B", "C"], ["C", "D", "A"], true), ["A", "C", "D"]);
  assert.deepEqual(orderOf(["A", "B", "C"], ["C", "D", "A"], false), ["C", "D", "A"]);
  assert.deepEqual(orderOf([], ["C", "A"], true), ["C", "A"]);
});

Deno.test("an order is the same where every place is", () => {
  assert.ok(sameOrder(["A", "B"], ["A", "B"]));
  assert.ok(!sameOrder(["A", "B"], ["B", "A"]));
  assert.ok(!sameOrder(["A"], ["A", "B"]));
});
