import assert from "node:assert/strict";
import {
  follower,
  formingText,
  hideOlderRun,
  numbered,
  runText,
} from "../../../pages/components/coin/forming_candle.js";
import { candles, signalOn } from "./candles.js";

const data = candles(20);
data.signal = { ...signalOn(data), run: { close: 119, atr: 1, barrier: 2.2 } };
const OPEN = { open_time: "2025-01-01T23:00:00Z", open: 119, high: 120, low: 118.6, close: 119.7, volume: 3 };

const with_ = (more) => ({ ...data, forming: numbered(data, { ...OPEN, ...more }) });

/** A follower that is told answers and time by hand. */
function byHand(answers, hidden = () => false) {
  const [shown, waits] = [[], []];
  const following = follower({
    ask: () => answers.shift(),
    show: (candle) => shown.push(candle),
    hidden,
    later: (act, milliseconds) => {
      const wait = { act, milliseconds, off: false };
      waits.push(wait);
      return () => wait.off = true;
    },
  });
  return { ...following, shown, waits };
}

Deno.test("the open candle takes the place after the newest closed one, and none once it has closed or lies too far ahead", () => {
  assert.equal(numbered(data, OPEN).at, 23);
  assert.equal(numbered(data, { ...OPEN, open_time: "2025-01-01T22:00:00Z" }), null, "it has closed");
  assert.equal(numbered(data, { ...OPEN, open_time: "2025-03-01T00:00:00Z" }), null);
  assert.equal(numbered(data, null), null);
});

Deno.test("it is named as what it is, with its price and how far it has come on the way to a barrier", () => {
  assert.equal(
    formingText(with_({})),
    "Grey outline: the candle of 23:00 UTC is still open, at 119.7. 0.7 of 2.2 ATR run upwards so far: 1.5 to the upper barrier, 2.9 to the lower.",
  );
  assert.match(
    runText(with_({ close: 118.7 })),
    /^0.3 of 2.2 ATR run downwards so far: 2.5 to the upper barrier, 1.9 to the lower.$/,
  );
  assert.equal(runText(with_({ high: 121.3 })), "It has touched the upper barrier.");
  assert.equal(runText(with_({ low: 116.7 })), "It has touched the lower barrier.");
  assert.equal(formingText({ ...data, forming: null }), "");
});

Deno.test("a candle that does not follow the call says nothing of the way since the call", () => {
  assert.equal(runText(with_({ open_time: "2025-01-02T00:00:00Z" })), "");
  assert.equal(runText({ ...with_({}), signal: null }), "");
  const told = new Map();
  const root = { classList: { toggle: (name, on) => told.set(name, on) } };
  hideOlderRun(with_({}), root);
  assert.equal(told.get("candor-live-run"), true, "what the page says of the last close is not said twice");
  for (const other of [with_({ open_time: "2025-01-02T00:00:00Z" }), { ...data, forming: null }]) {
    hideOlderRun(other, root);
    assert.equal(told.get("candor-live-run"), false);
  }
});

Deno.test("it is asked for often while there is one, and rarely where nothing is heard of it", async () => {
  const hand = byHand([Promise.resolve(OPEN), Promise.resolve(null), Promise.reject(new Error("away"))]);
  for (let i = 0; i < 3; i++) await hand.look();
  assert.deepEqual(hand.shown, [OPEN, null, null]);
  assert.deepEqual(hand.waits.map(({ milliseconds, off }) => [milliseconds, off]), [
    [2000, true],
    [20_000, true],
    [20_000, false],
  ]);
});

Deno.test("nothing is asked while nobody looks", async () => {
  const hand = byHand([], () => true);
  await hand.look();
  assert.deepEqual([hand.shown, hand.waits], [[], []]);
});

Deno.test("an answer that a newer question overtook, or that comes after the end, is not shown", async () => {
  let answer;
  const hand = byHand([new Promise((resolve) => answer = resolve), Promise.resolve(OPEN)]);
  const first = hand.look();
  await hand.look();
  answer(null);
  await first;
  assert.deepEqual(hand.shown, [OPEN]);
  hand.stop();
  assert.equal(hand.waits.at(-1).off, true);
});
