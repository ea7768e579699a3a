import assert from "node:assert/strict";
import { silenceWatch } from "../../../pages/components/shared/silence.js";

function watched() {
  const [told, waiting] = [[], new Map()];
  let timers = 0;
  const later = (act, milliseconds) => {
    assert.equal(milliseconds, 25_000);
    waiting.set(++timers, act);
    return timers;
  };
  const watch = silenceWatch((silent) => told.push(silent), later, (timer) => waiting.delete(timer));
  const passTime = () => {
    const due = [...waiting.values()];
    waiting.clear();
    for (const act of due) act();
  };
  return { watch, told, passTime };
}

Deno.test("a server that was heard and falls silent is silent until its next word", () => {
  const { watch, told, passTime } = watched();
  watch.heard();
  watch.heard();
  assert.deepEqual([told, watch.isSilent()], [[], false]);
  passTime();
  assert.deepEqual([told, watch.isSilent()], [[true], true]);
  passTime();
  watch.heard();
  assert.deepEqual([told, watch.isSilent()], [[true, false], false]);
});

Deno.test("one that was never heard, or whose connection is closed, is not called silent", () => {
  const { watch, told, passTime } = watched();
  passTime();
  watch.heard();
  watch.closed();
  passTime();
  assert.deepEqual(told, []);
});
