import assert from "node:assert/strict";
import { goTo, installNavigation, leadsThere, rememberAddress } from "../../../pages/components/shared/navigation.js";
import { storageIsEmpty } from "../storages.js";

const ORIGIN = "https://example.org";

/** What navigation needs of a browser: a history whose entries are addresses, and a page that is at rest. */
function aBrowser(address) {
  const entries = [address];
  const states = [null];
  let at = 0;
  const main = { scrollTop: 0 };
  const listeners = new Map();
  main.hears = (kind, event) => listeners.get(kind)(event);
  main.scroll = (place) => {
    main.scrollTop = place;
    listeners.get("scroll")();
  };
  class History {
    get state() {
      return states[at];
    }
    pushState(state, _title, to) {
      at = entries.push(new URL(to, ORIGIN).href) - 1;
      states[at] = state;
      turnTo(entries[at]);
    }
    replaceState(state, _title, to) {
      states[at] = state;
      if (to) turnTo(entries[at] = new URL(to, ORIGIN).href);
    }
    go(steps) {
      at += steps;
      turnTo(entries[at]);
      const popped = new PopStateEvent("popstate");
      Object.defineProperty(popped, "isTrusted", { value: true });
      dispatchEvent(popped);
    }
  }
  const turnTo = (href) => {
    Object.defineProperty(globalThis, "location", { value: new URL(href), configurable: true });
  };
  turnTo(address);
  let clock = 0;
  Object.defineProperty(globalThis, "performance", { value: { now: () => clock }, configurable: true });
  Object.assign(globalThis, {
    History,
    history: new History(),
    PopStateEvent: class extends Event {},
    requestAnimationFrame: (step) => {
      clock += 1000;
      step();
    },
    document: {
      baseURI: `${ORIGIN}/`,
      addEventListener: (kind, hear) => listeners.set(kind, hear),
      querySelector: (what) => what.includes("stMain") ? main : { getAttribute: () => "notRunning" },
    },
  });
  return entries;
}

Deno.test(
  "what a run of the page that was left says of its own address is no step: Back would lead to it",
  { sanitizeOps: false, sanitizeResources: false },
  () => {
    const before = globalThis.document;
    const clock = globalThis.performance;
    storageIsEmpty();
    const entries = aBrowser(`${ORIGIN}/coin?symbol=BTCUSDT&timeframe=15m`);
    installNavigation();
    rememberAddress("coin", location.search);
    history.pushState({}, "", "/coin?kind=side");
    history.pushState({}, "", "/coin?symbol=BTCUSDT&timeframe=4h");
    assert.deepEqual(
      entries.splice(1),
      [`${ORIGIN}/coin?symbol=BTCUSDT&timeframe=4h`],
      "the page of a coin keeps its coin whatever the filters of the page before say",
    );
    goTo("changes");
    history.pushState({}, "", "/changes?symbol=BTCUSDT&timeframe=15m");
    history.pushState({}, "", "/coin?symbol=BTCUSDT&timeframe=15m");
    assert.deepEqual(entries.slice(1), [`${ORIGIN}/changes`]);

    rememberAddress("changes", "");
    document.querySelector("stMain").scrollTop = 40;
    history.pushState({}, "", "/changes?kind=side");
    assert.deepEqual(
      entries.slice(1),
      [`${ORIGIN}/changes`, `${ORIGIN}/changes?kind=side`],
      "what is chosen is one",
    );

    history.pushState({}, "", "/coin?symbol=BTCUSDT&timeframe=15m");
    assert.equal(entries.length, 3, "a run of the page that was left may speak after the next one was drawn");

    const main = document.querySelector("stMain");
    main.scrollTop = 300;
    history.go(-1);
    assert.equal(main.scrollTop, 40, "each is left at the place where it was read");
    history.go(1);
    assert.equal(main.scrollTop, 300);

    const waiting = new Set();
    const { setTimeout, clearTimeout } = globalThis;
    globalThis.setTimeout = (what) => {
      waiting.add(what);
      return what;
    };
    globalThis.clearTimeout = (what) => waiting.delete(what);
    main.scroll(200);
    history.go(-1);
    main.scrollTop = 0; // the page that is coming is still empty
    for (const what of waiting) what();
    assert.equal(
      history.state.place,
      40,
      "what was scrolled just before Back is not the place of the page it leads to",
    );
    main.scrollTop = 40;
    history.go(1);
    assert.equal(main.scrollTop, 200);
    Object.assign(globalThis, { setTimeout, clearTimeout });

    const frame = globalThis.requestAnimationFrame;
    globalThis.requestAnimationFrame = () => {}; // it would go on until the page is drawn
    goTo("changes?kind=band");
    rememberAddress("changes", "?kind=band");
    history.go(-1);
    history.replaceState({}, "", "/changes?kind=band&since=7d");
    assert.equal(location.search, "?kind=side", "what was chosen just before Back does not take its place");
    rememberAddress("changes", "?kind=side");
    history.replaceState({}, "", "/changes?kind=side&since=all");
    assert.equal(location.search, "?kind=side&since=all", "what the page that was stepped to adds is heeded");
    globalThis.requestAnimationFrame = frame;

    const frames = [];
    globalThis.requestAnimationFrame = (step) => frames.push(step);
    const isBroughtBack = () => {
      main.scrollTop = 0;
      frames.pop()?.();
      return main.scrollTop === 200;
    };
    main.scrollTop = 200;
    goTo("compare");
    rememberAddress("compare", "");
    history.go(-2); // past the one that Back left before
    main.hears("wheel", {});
    assert.ok(isBroughtBack(), "what is scrolled while the step is on its way is the page that is left");
    rememberAddress("changes", location.search);
    main.hears("keydown", { key: "Shift" });
    assert.ok(isBroughtBack(), "Shift scrolls nothing");
    main.hears("keydown", { key: "End" });
    assert.ok(!isBroughtBack(), "whoever presses a key is carried nowhere");
    frames.length = 0;
    main.scrollTop = 200;
    goTo("changes?kind=move");
    rememberAddress("changes", "?kind=move");
    frames.pop()();
    const look = document.querySelector;
    document.querySelector = (what) => what.includes("stMain") ? main : { getAttribute: () => "running" };
    for (let seconds = 0; seconds < 3; seconds++) frame(() => {});
    frames.pop()();
    assert.equal(frames.pop(), undefined, "what later runs draw moves nobody who reads");
    document.querySelector = look;
    globalThis.requestAnimationFrame = frame;

    let early = 8; // looks at a page that is still being drawn, too short for where it was read, longer than patience lasts
    const find = document.querySelector;
    const growing = {
      place: 0,
      get scrollTop() {
        return this.place;
      },
      set scrollTop(place) {
        this.place = early-- > 0 ? 0 : place;
      },
    };
    const running = { getAttribute: () => early > 0 ? "running" : "notRunning" };
    document.querySelector = (what) => what.includes("stMain") ? growing : running;
    history.go(-3);
    assert.equal(growing.scrollTop, 200, "a slow page is brought to its place once it is there");
    document.querySelector = find;

    const link = { href: location.href };
    const left = [];
    const click = (keys) => link.onclick({ preventDefault: () => left.push("candor"), ...keys });
    leadsThere(link, () => left.push("told"));
    for (const key of ["ctrlKey", "metaKey", "shiftKey", "altKey"]) click({ [key]: true });
    assert.deepEqual(left, ["told", "told", "told", "told"], "a click for another tab is the browser's");
    click({});
    assert.equal(left.at(-1), "candor");
    Object.defineProperty(globalThis, "performance", { value: clock, configurable: true });
    globalThis.document = before;
  },
);
