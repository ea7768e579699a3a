import assert from "node:assert/strict";
import { drawnByThePage, patience, tell } from "../../../pages/components/shared/news.js";

const shown = { isConnected: true };

Deno.test("a page that can draws news by itself", async () => {
  const drawn = [];
  const drawer = { element: shown, draw: (news) => Boolean(drawn.push(news)) };
  assert.equal(await drawnByThePage({ version: 2 }, drawer), true);
  assert.deepEqual(drawn, [{ version: 2 }]);
});

Deno.test("what is drawn, or on its way, is not fetched again when something else is new", async () => {
  const drawn = [];
  const drawer = { element: shown, draw: (news) => Promise.resolve(Boolean(drawn.push(news.changes))) };
  const told = [["a", 1], ["a", 2], ["b", 2], ["b", 3]].map(([drawn_of, changes]) => ({ drawn_of, changes }));
  const both = await Promise.all(told.slice(0, 2).map((news) => drawnByThePage(news, drawer)));
  for (const news of told.slice(2)) both.push(await drawnByThePage(news, drawer));
  assert.deepEqual([both, drawn], [[true, true, true, true], [1, 2]]);
});

Deno.test("what could not be drawn is tried again with the next news", async () => {
  let away = true;
  const drawer = { element: shown, draw: () => away ? Promise.reject(new TypeError("Failed to fetch")) : true };
  assert.equal(await drawnByThePage({ drawn_of: "a" }, drawer), false);
  away = false;
  assert.equal(await drawnByThePage({ drawn_of: "a" }, drawer), true);
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
