import assert from "node:assert/strict";
import { isForgetful, keep, keepInTab, kept, keptInTab, onKept } from "../../../pages/components/shared/storage.js";
import { fakeStorage as fake, storageIs, storageIsForbidden } from "../storages.js";

const numbers = (found) => Array.isArray(found) ? found.filter(Number.isFinite) : undefined;

function fromAnotherTab(key) {
  dispatchEvent(Object.assign(new Event("storage"), { key }));
}

Deno.test("what is kept is found again, and nothing is where it was forgotten", () => {
  const storage = fake();
  storageIs(() => storage);
  assert.deepEqual(kept("one", numbers, [0]), [0]);
  keep("one", [1, 2]);
  assert.deepEqual(kept("one", numbers, []), [1, 2]);
  assert.equal(storage.texts.get("candor:one"), "[1,2]");
  keep("one", undefined);
  assert.deepEqual(kept("one", numbers, []), []);
  assert.equal(storage.texts.size, 0);
});

Deno.test("what somebody else left there is ignored", () => {
  for (const text of ["", "{", "null", '"text"', '{"length": 3}', "[null", "17"]) {
    const storage = fake(new Map([["candor:one", text]]));
    storageIs(() => storage);
    assert.deepEqual(kept("one", numbers, [7]), [7], text);
  }
  const storage = fake(new Map([["candor:one", '{"a": null}']]));
  storageIs(() => storage);
  assert.deepEqual(kept("one", (found) => found.a.b, 7), 7, "a reader that took another shape for granted");
});

Deno.test("a browser that keeps nothing works until it is closed", () => {
  storageIsForbidden();
  keep("one", [1]);
  assert.deepEqual(kept("one", numbers, []), [1]);
  assert.equal(isForgetful(), true);
  keep("one", undefined);
  assert.deepEqual(kept("one", numbers, [7]), [7]);
  keepInTab("two", "text");
  assert.equal(keptInTab("two"), "text");
  assert.equal(keptInTab("three"), null);
});

Deno.test("a full storage loses nothing while the page lives, and says that it keeps nothing", () => {
  const storage = fake(new Map([["candor:four", "before"]]));
  storageIs(() => storage);
  keep("one", [1]);
  const full = { ...storage, setItem: () => assert.fail("quota") };
  storageIs(() => full);
  keepInTab("four", "after");
  assert.equal(keptInTab("four"), "after", "and not what it kept before");
  assert.equal(isForgetful(), false, "a place that is lost with the tab is no loss");
  keep("one", [3]);
  assert.deepEqual(kept("one", numbers, []), [3]);
  assert.equal(isForgetful(), true);
  storageIs(() => storage);
  keep("one", [4]);
  assert.equal(isForgetful(), false);
});

Deno.test("whoever listens hears of changes here and in other tabs, until it listens no more", () => {
  const storage = fake();
  storageIs(() => storage);
  const heard = [];
  const stop = onKept("one", () => heard.push(kept("one", numbers, [])));
  keep("one", [1]);
  keep("other", [2]);
  storage.texts.set("candor:one", "[5]");
  fromAnotherTab("candor:one");
  fromAnotherTab("candor:other");
  fromAnotherTab("of:others");
  storage.texts.clear();
  fromAnotherTab(null); // everything was cleared
  assert.deepEqual(heard, [[1], [5], []]);
  stop();
  keep("one", [9]);
  assert.equal(heard.length, 3);
});
