import assert from "node:assert/strict";
import { wasWelcomed } from "../../../pages/components/shared/welcome.js";
import { storageIsForbidden, storageWith } from "../storages.js";

Deno.test("who has dismissed the welcome is not welcomed again, and who keeps nothing is", () => {
  storageWith("candor:welcomed", "true");
  assert.equal(wasWelcomed(), true);
  storageWith("candor:welcomed", null);
  assert.equal(wasWelcomed(), false);
  storageIsForbidden();
  assert.equal(wasWelcomed(), false);
});
