import assert from "node:assert/strict";
import { wasWelcomed } from "../../../pages/components/shared/welcome.js";

Deno.test("who has dismissed the welcome is not welcomed again, and who keeps nothing is", () => {
  assert.equal(wasWelcomed(() => ({ getItem: () => "true" })), true);
  assert.equal(wasWelcomed(() => ({ getItem: () => null })), false);
  const forbidden = () => {
    throw new DOMException("Storage is off");
  };
  assert.equal(wasWelcomed(forbidden), false);
});
