import assert from "node:assert/strict";
import { isNew } from "../../../pages/components/changes/feed.js";

Deno.test("a change is new after the last look, and never without one", () => {
  assert.equal(isNew({ seq: 5 }, { seq: 4, at: 0 }), true);
  assert.equal(isNew({ seq: 5 }, { seq: 5, at: 0 }), false);
  assert.equal(isNew({ seq: 5 }, null), false);
});
