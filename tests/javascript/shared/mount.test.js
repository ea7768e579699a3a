import assert from "node:assert/strict";
import { endsWithTheNewest } from "../../../pages/components/shared/mount.js";

Deno.test("a drawing that newer data overtook does not end the component; the newest one does", () => {
  const element = {};
  let ended = 0;
  const overtaken = endsWithTheNewest(element)(() => ended += 1);
  const last = endsWithTheNewest(element)(() => ended += 1);
  overtaken();
  assert.equal(ended, 0);
  last();
  assert.equal(ended, 1);
});

Deno.test("a component without anything to end ends all the same, and elements end apart", () => {
  endsWithTheNewest({})(undefined)();
  let ended = 0;
  const one = endsWithTheNewest({})(() => ended += 1);
  endsWithTheNewest({});
  one();
  assert.equal(ended, 1);
});
