import assert from "node:assert/strict";
import {
  addressOf,
  alone,
  askToNotify,
  hearNotices,
  idsIn,
  notify,
  playSound,
  shortened,
  take,
  together,
} from "../../../pages/components/shared/alert_notices.js";
import { storageIsForbidden, storageWith } from "../storages.js";

const notice = (id, symbol = "BTCUSDT") => ({ id, title: `likely: ${id}`, lines: ["one"], symbol, timeframe: "15m" });

/** A browser's notifications, which somebody has answered about. */
function notifications(answer) {
  return class {
    static permission = answer;
    static shown = [];
    static requestPermission = () => Promise.resolve(answer);
    constructor(title, options) {
      this.constructor.shown.push({ title, ...options });
      this.close = () => {};
    }
  };
}

Deno.test("what was there when the page was opened is not shown, and what comes is heard once", async () => {
  globalThis.document ??= { hidden: false };
  storageWith("candor:other", null);
  const shown = [];
  const show = (notices) => shown.push(notices.map(({ id }) => id));
  await hearNotices([notice("before")], show);
  await hearNotices([notice("before"), notice("1")], show);
  await hearNotices([notice("1")], show);
  assert.deepEqual(shown, [["1"]]);
});

Deno.test("what one tab has taken no other takes", () => {
  storageWith("candor:other", null);
  assert.deepEqual(take([notice("1"), notice("2")]).map(({ id }) => id), ["1", "2"]);
  assert.deepEqual(take([notice("2"), notice("3")]).map(({ id }) => id), ["3"]);
});

Deno.test("what is no list of ids is as if nothing was shown, and only the newest are kept", () => {
  assert.equal(idsIn({ 1: true }), undefined);
  assert.deepEqual(idsIn(["1", 2, null]), ["1"]);
  const storage = storageWith("candor:alerts_seen", "{");
  assert.equal(take([notice("1")]).length, 1);
  take(Array.from({ length: 300 }, (_, number) => notice(`n${number}`)));
  assert.equal(JSON.parse(storage.texts.get("candor:alerts_seen")).length, 200);
});

Deno.test("a browser that keeps nothing shows all the same", () => {
  storageIsForbidden();
  assert.equal(take([notice("private")]).length, 1);
  assert.equal(take([notice("private")]).length, 0);
});

Deno.test("tabs take turns where the browser has locks", async () => {
  const asked = [];
  const locks = { request: (name, act) => (asked.push(name), Promise.resolve(act())) };
  assert.equal(await alone(() => 7, locks), 7);
  assert.deepEqual(asked, ["candor:alerts"]);
  assert.equal(alone(() => 8, null), 8);
});

Deno.test("many messages at once are one", () => {
  const four = ["1", "2", "3", "4"].map((id) => notice(id));
  assert.equal(together(four.slice(1)).length, 3);
  const [one] = together(four);
  assert.deepEqual([one.title, one.lines.length, one.more, one.symbol], ["4 messages of alerts", 3, 1, null]);
});

Deno.test("a click leads to the coin, or to the history where there are several", () => {
  assert.equal(addressOf(notice("1")), "coin?symbol=BTCUSDT&timeframe=15m");
  assert.equal(addressOf({ ...notice("1"), timeframe: null }), "coin?symbol=BTCUSDT");
  assert.equal(addressOf(notice("1", null)), "alerts");
});

Deno.test("long messages are shortened, and say by how much", () => {
  assert.deepEqual(shortened({ lines: ["1", "2"] }), ["1", "2"]);
  assert.deepEqual(shortened({ lines: ["1", "2"], more: 0 }), ["1", "2"]);
  assert.deepEqual(shortened({ lines: ["1", "2"], more: 46 }), ["1", "2", "… 46 more"]);
});

Deno.test("the browser shows what somebody has allowed, and nothing else", () => {
  const allowed = notifications("granted");
  assert.equal(notify(notice("1"), allowed), true);
  assert.deepEqual(allowed.shown, [{ title: "likely: 1", body: "one", tag: "1" }]);
  assert.equal(notify(notice("1"), notifications("denied")), false);
  assert.equal(notify(notice("1"), notifications("default")), false);
  assert.equal(notify(notice("1"), undefined), false);
  const phone = class {
    static permission = "granted";
    constructor() {
      throw new TypeError("Illegal constructor");
    }
  };
  assert.equal(notify(notice("1"), phone), false);
});

Deno.test("whoever is asked hears what the answer means", async () => {
  assert.match(await askToNotify(notifications("granted")), /will appear as notifications/);
  assert.match(await askToNotify(notifications("denied")), /does not allow notifications here/);
  assert.match(await askToNotify(null), /https alone/);
});

Deno.test("a sound is two short tones, and a browser without any stays silent", () => {
  const begun = [];
  const part = () => ({ frequency: {}, gain: {}, connect: (next) => next, start: (at) => begun.push(at), stop() {} });
  const context = { currentTime: 5, createOscillator: part, createGain: part, close() {} };
  playSound(function () {
    return context;
  });
  playSound(null);
  assert.deepEqual(begun, [5, 5.16]);
});
