import assert from "node:assert/strict";
import { arrived, loadLibrary, waiting, whenIdle } from "../../../pages/components/shared/library.js";

/** A page that notes which scripts were asked for. */
function emptyPage() {
  const scripts = [];
  globalThis.document = /** @type {any} */ ({
    createElement: () => ({ remove() {} }),
    head: { append: (script) => scripts.push(script) },
  });
  return scripts;
}

Deno.test("a library is fetched once, from beside the folder of all scripts, whoever asks", async () => {
  const scripts = emptyPage();
  const both = [loadLibrary("charts.js", "Charts"), loadLibrary("charts.js", "Charts")];
  assert.equal(scripts.length, 1);
  assert.ok(scripts[0].src.endsWith("/pages/charts.js"));
  globalThis.Charts = { made: true };
  scripts[0].onload();
  assert.deepEqual(await Promise.all(both), [globalThis.Charts, globalThis.Charts]);
});

Deno.test("one that did not come is asked for again", async () => {
  const scripts = emptyPage();
  const failed = loadLibrary("lost.js", "Lost");
  scripts[0].onerror();
  await assert.rejects(failed, /Lost did not load from .*lost\.js/);
  loadLibrary("lost.js", "Lost");
  assert.equal(scripts.length, 2);
});

Deno.test("what is not urgent waits until the page rests, two seconds at most", () => {
  const asked = [];
  globalThis.requestIdleCallback = /** @type {any} */ ((work, { timeout }) => asked.push([work, timeout]));
  const work = () => {};
  whenIdle(work);
  assert.deepEqual(asked, [[work, 2000]]);
});

Deno.test("a plot that waits for its library says so until it has come", () => {
  const told = new Map();
  const plot = /** @type {any} */ ({
    setAttribute: (name, value) => told.set(name, value),
    removeAttribute: (name) => told.delete(name),
  });
  waiting(plot);
  assert.deepEqual([...told], [["aria-busy", "true"], ["aria-description", "The chart is loading."]]);
  arrived(plot);
  assert.equal(told.size, 0);
});
