import assert from "node:assert/strict";
import { drawnByThePage, patience, tell } from "../../../pages/components/shared/news.js";

const shown = { isConnected: true };

Deno.test("a page that can draws news by itself", async () => {
  const drawn = [];
  const drawer = { element: shown, draw: (news) => Boolean(drawn.push(news)) };
  assert.equal(await drawnByThePage({ version: 2 }, drawer), true);
  assert.deepEqual(drawn, [{ version: 2 }]);
});

Deno.test("a page that was left draws nothing any more, and one that cannot draw says so", async () => {
  assert.equal(await drawnByThePage({}, { element: { isConnected: false }, draw: () => true }), false);
  assert.equal(await drawnByThePage({}, { element: shown, draw: () => false }), false);
  assert.equal(await drawnByThePage({}, null), false);
  const fails = () => Promise.reject(new TypeError("Failed to fetch"));
  assert.equal(await drawnByThePage({}, { element: shown, draw: fails }), false);
});

Deno.test("a server that is away is asked again soon, then every five seconds", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 100].map(patience), [500, 1000, 2000, 5000, 5000, 5000]);
});

Deno.test("who left the page hears nothing any more", () => {
  const heard = [];
  const gone = { isConnected: false };
  const all = new Map([[shown, (news) => heard.push(news)], [gone, () => heard.push("gone")]]);
  tell({ version: 3 }, all);
  assert.deepEqual(heard, [{ version: 3 }]);
  assert.deepEqual([...all.keys()], [shown]);
});
