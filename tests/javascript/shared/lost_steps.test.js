import assert from "node:assert/strict";
import { watchStep } from "../../../pages/components/shared/lost_steps.js";

/** A page whose looks are counted by hand: `wait()` lets some pass. */
function page() {
  const waiting = [];
  const seen = {
    there: false,
    atRest: true,
    taken: 0,
    watch: () =>
      watchStep({
        isThere: () => seen.there,
        isAtRest: () => seen.atRest,
        take: () => seen.taken += 1,
      }, (what) => waiting.push(what)),
    wait: (looks) => {
      for (; looks > 0; looks -= 1) waiting.splice(0).forEach((what) => what());
    },
  };
  return seen;
}

Deno.test("a step whose page is not drawn by the time that all rests is taken again, until it is there", () => {
  const here = page();
  here.watch();
  here.wait(10);
  assert.equal(here.taken, 1);
  here.there = true;
  here.wait(50);
  assert.equal(here.taken, 1);
});

Deno.test("nobody is hurried while a page is being drawn, and one that was there for a moment only is not believed", () => {
  const here = page();
  here.watch();
  Object.assign(here, { atRest: false, there: true });
  here.wait(90);
  assert.equal(here.taken, 0);
  Object.assign(here, { atRest: true, there: false });
  here.wait(10);
  assert.equal(here.taken, 1);
});

Deno.test("a page that never comes is asked for three times more", () => {
  const here = page();
  here.watch();
  here.wait(90);
  assert.equal(here.taken, 3);
});

Deno.test("whoever has arrived goes on by whatever way, and is not led back", () => {
  const here = page();
  here.watch();
  here.there = true;
  here.wait(1);
  here.there = false;
  here.wait(90);
  assert.equal(here.taken, 0);
});

Deno.test("the last step alone is watched", () => {
  const here = page();
  here.watch();
  here.watch();
  here.wait(10);
  assert.equal(here.taken, 1);
});

Deno.test("a step is watched until its page is there, or was asked for in vain", () => {
  for (const there of [true, false]) {
    const waiting = [];
    let ended = 0;
    watchStep({ isThere: () => there, isAtRest: () => true, take: () => {}, end: () => ended += 1 }, (what) => {
      waiting.push(what);
    });
    for (let looks = 0; looks < 90; looks += 1) waiting.splice(0).forEach((what) => what());
    assert.equal(ended, 1);
  }
});
