import assert from "node:assert/strict";
import { storageIsEmpty } from "../storages.js";

const ORIGIN = "https://example.org";
const NAVIGATION = "../../../pages/components/shared/navigation.js";
const [RUN, CONNECTION] = ["data-test-script-state", "data-test-connection-state"];

let browsers = 0;

/**
 * What navigation needs of a browser at `address`: a history whose entries are addresses, and a page that is at rest.
 * Nothing happens by itself: timers wait until time passes, and frames, each a second, follow each other at once.
 */
async function aBrowser(address) {
  const entries = [address];
  const states = [null];
  let at = 0;
  let clock = 0;
  const page = { [RUN]: "notRunning", [CONNECTION]: "CONNECTED", main: { scrollTop: 0 } };
  const timers = new Set();
  const listeners = new Map();
  const events = new EventTarget();
  const turnTo = (href) => {
    Object.defineProperty(globalThis, "location", { value: new URL(href), configurable: true });
  };
  class History {
    get state() {
      return states[at];
    }
    pushState(state, _title, to) {
      at += 1;
      entries.splice(at, Infinity, new URL(to, ORIGIN).href); // what Forward led to is gone
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
  turnTo(address);
  const parts = {
    History,
    history: new History(),
    performance: { now: () => clock },
    PopStateEvent: class extends Event {},
    addEventListener: events.addEventListener.bind(events),
    dispatchEvent: events.dispatchEvent.bind(events),
    setTimeout: (what) => {
      timers.add(what);
      return what;
    },
    clearTimeout: (what) => timers.delete(what),
    requestAnimationFrame: (step) => {
      clock += 1000;
      step();
    },
    document: {
      baseURI: `${ORIGIN}/`,
      addEventListener: (kind, hear) => listeners.set(kind, hear),
      querySelector: (what) => what.includes("stMain") ? page.main : { getAttribute: (name) => page[name] },
    },
  };
  for (const [name, value] of Object.entries(parts)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  storageIsEmpty();
  const navigation = await import(`${NAVIGATION}?${++browsers}`); // it remembers where one was: each browser has its own
  navigation.installNavigation();
  return {
    ...navigation,
    entries,
    page,
    passTime: () => timers.forEach((what) => what()),
    wait: (seconds) => clock += seconds * 1000,
    hears: (kind, event = {}) => listeners.get(kind)(event),
  };
}

/** A browser at `address` below its origin, whose page is drawn. */
async function aPage(address) {
  const browser = await aBrowser(`${ORIGIN}/${address}`);
  browser.rememberAddress(location.pathname.slice(1), location.search);
  return browser;
}

/** Go to `address` of a browser, and draw its page there. */
function arrive({ goTo, rememberAddress }, address) {
  goTo(address);
  rememberAddress(location.pathname.slice(1), location.search);
}

/** Frames wait from now on to be drawn; the last that was asked for is drawn by what this gives, if there is one. */
function holdFrames() {
  const frames = [];
  globalThis.requestAnimationFrame = (step) => frames.push(step);
  return () => frames.pop()?.();
}

const REPLACED = ["performance", "document", "addEventListener", "dispatchEvent", "setTimeout", "clearTimeout"];
const before = REPLACED.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);

function test(what, body) {
  Deno.test(what, async () => {
    try {
      await body();
    } finally {
      for (const [name, own] of before) {
        if (own) Object.defineProperty(globalThis, name, own);
        else delete globalThis[name]; // what it inherits
      }
    }
  });
}

test("what a run of the page that was left says of its own address is no step: Back would lead to it", async () => {
  const browser = await aPage("coin?symbol=BTCUSDT&timeframe=15m");
  browser.goTo("changes");
  history.pushState({}, "", "/changes?symbol=BTCUSDT&timeframe=15m");
  history.pushState({}, "", "/coin?symbol=BTCUSDT&timeframe=15m");
  assert.deepEqual(browser.entries.slice(1), [`${ORIGIN}/changes`]);
  browser.rememberAddress("changes", "");
  history.pushState({}, "", "/changes?kind=side");
  assert.deepEqual(browser.entries.slice(2), [`${ORIGIN}/changes?kind=side`], "what is chosen is one");
  history.pushState({}, "", "/coin?symbol=BTCUSDT&timeframe=15m");
  assert.equal(browser.entries.length, 3, "that run may speak after the next page was drawn");
});

test("the page of a coin keeps its coin whatever the filters of the page before say", async () => {
  const { entries } = await aPage("coin?symbol=BTCUSDT&timeframe=15m");
  history.pushState({}, "", "/coin?kind=side");
  history.pushState({}, "", "/coin?symbol=BTCUSDT&timeframe=4h");
  assert.deepEqual(entries.slice(1), [`${ORIGIN}/coin?symbol=BTCUSDT&timeframe=4h`]);
});

test("what was chosen just before Back does not take the place of what that leads to", async () => {
  const browser = await aPage("changes?kind=side");
  arrive(browser, "changes?kind=band");
  holdFrames();
  history.go(-1);
  history.replaceState({}, "", "/changes?kind=band&since=7d");
  assert.equal(location.search, "?kind=side");
  browser.rememberAddress("changes", "?kind=side");
  history.replaceState({}, "", "/changes?kind=side&since=all");
  assert.equal(location.search, "?kind=side&since=all", "what the page that was stepped to adds is heeded");
});

test("what is chosen after Back on the page that is left, at the address of the one that is coming, is kept", async () => {
  for (const drawnFirst of [[], ["?kind=side"]]) {
    const browser = await aPage("changes?kind=side");
    arrive(browser, "changes?kind=band");
    holdFrames();
    history.go(-1);
    history.replaceState({}, "", "/changes?kind=move"); // before the page draws what it hears
    for (const query of drawnFirst) browser.rememberAddress("changes", query);
    browser.rememberAddress("changes", "kind=move", "kind=side");
    assert.equal(location.search, "?kind=move");
    history.go(-1);
    browser.rememberAddress("changes", "kind=move", "kind=side");
    assert.equal(location.search, "?kind=side", "and Back leads away from it");
  }
});

test("what was chosen before Back is not, whenever that is heard", async () => {
  const browser = await aPage("changes?kind=side");
  arrive(browser, "changes?kind=band");
  holdFrames();
  history.go(-1);
  history.replaceState({}, "", "/changes?kind=move");
  browser.rememberAddress("changes", "kind=move", "kind=band");
  assert.equal(location.search, "?kind=side");
});

test("a step to what was drawn last is on its way, too, until its run is over", async () => {
  const browser = await aPage("changes?kind=side");
  holdFrames();
  browser.goTo("changes?kind=band");
  history.go(-1); // before that is drawn
  history.pushState({}, "", "/changes?kind=move");
  assert.equal(location.search, "?kind=side", "a run that was asked for in between says so");
  browser.passTime();
  history.pushState({}, "", "/changes?kind=move");
  assert.equal(location.search, "?kind=move");
});

test("where a run of before the last step draws last of all, the address is drawn once more", async () => {
  const browser = await aBrowser(`${ORIGIN}/compare`);
  let steps = 0;
  addEventListener("popstate", () => steps += 1);
  browser.rememberAddress("compare", "");
  assert.equal(steps, 0);
  arrive(browser, "timeframes");
  browser.passTime();
  assert.equal(steps, 1);
  browser.rememberAddress("compare", "?timeframe=1d");
  assert.equal(steps, 2);
  browser.rememberAddress("timeframes", "");
  browser.passTime();
  browser.rememberAddress("compare", "?timeframe=1d");
  assert.equal(steps, 3, "as often as that happens");
  browser.passTime();
  const before = steps;
  browser.rememberAddress("compare", "?timeframe=1d");
  assert.equal(steps, before, "and not for ever, where nothing else is drawn there");
});

test("Back and Forward lead to where each page was read", async () => {
  const browser = await aPage("changes");
  const { main } = browser.page;
  main.scrollTop = 40;
  history.pushState({}, "", "/changes?kind=side");
  main.scrollTop = 300;
  history.go(-1);
  assert.equal(main.scrollTop, 40);
  history.go(1);
  assert.equal(main.scrollTop, 300);
});

test("what was scrolled just before Back is not the place of the page it leads to", async () => {
  const browser = await aPage("changes");
  const { main } = browser.page;
  main.scrollTop = 40;
  history.pushState({}, "", "/changes?kind=side");
  main.scrollTop = 200;
  browser.hears("scroll");
  history.go(-1);
  main.scrollTop = 0; // the page that is coming is still empty
  browser.passTime();
  assert.equal(history.state.place, 40);
  main.scrollTop = 40;
  history.go(1);
  assert.equal(main.scrollTop, 200);
});

test("whoever scrolls or presses a key on the page that Back leads to is carried nowhere", async () => {
  const browser = await aPage("changes");
  const { main } = browser.page;
  main.scrollTop = 200;
  const drawFrame = holdFrames();
  const isBroughtBack = () => {
    main.scrollTop = 0;
    drawFrame();
    return main.scrollTop === 200;
  };
  arrive(browser, "compare");
  history.go(-1);
  browser.hears("wheel");
  assert.ok(isBroughtBack(), "what is scrolled while the step is on its way is the page that is left");
  browser.rememberAddress("changes", "");
  browser.hears("keydown", { key: "Shift" });
  assert.ok(isBroughtBack(), "Shift scrolls nothing");
  browser.hears("keydown", { key: "End" });
  assert.ok(!isBroughtBack());
});

test("a page is brought to its place while it is first drawn, and by no later run", async () => {
  const browser = await aPage("changes");
  const drawFrame = holdFrames();
  arrive(browser, "changes?kind=move");
  drawFrame();
  browser.page[RUN] = "running";
  browser.wait(3);
  drawFrame();
  assert.equal(drawFrame(), undefined, "no frame is asked for any more");
  browser.page.main.scrollTop = 70;
  drawFrame();
  assert.equal(browser.page.main.scrollTop, 70);
});

test("a step that is taken while the server is away is taken once more when it is back", async () => {
  const browser = await aPage("changes");
  let look = () => {};
  globalThis.setTimeout = (what) => look = what;
  const lookOften = () => Array.from({ length: 50 }).forEach(() => look());
  arrive(browser, "compare");
  lookOften(); // until it is watched no longer
  holdFrames();
  const steps = [];
  browser.page[CONNECTION] = "PINGING_SERVER";
  history.go(-1);
  addEventListener("popstate", () => steps.push(location.pathname));
  lookOften();
  assert.deepEqual(steps, []);
  browser.page[CONNECTION] = "CONNECTED";
  browser.rememberAddress("compare", ""); // what the server draws of itself, of the page that it knew last
  lookOften();
  assert.equal(steps[0], "/changes");
  browser.rememberAddress("changes", "");
  steps.length = 0;
  lookOften();
  assert.deepEqual(steps, []);
});

test("steps that are taken while the server is away leave every page the place where it was read", async () => {
  const browser = await aPage("changes");
  const { page } = browser;
  page.main.scrollTop = 300;
  arrive(browser, "compare");
  page.main.scrollTop = 40;
  arrive(browser, "timeframes");
  page.main.scrollTop = 700;
  const drawFrame = holdFrames();
  page[CONNECTION] = "PINGING_SERVER";
  browser.keepPlaceOver(true);
  history.go(-1);
  history.go(-1); // the page of timeframes is still what stands there
  page[CONNECTION] = "CONNECTED";
  browser.keepPlaceOver(false);
  browser.rememberAddress("changes", "");
  drawFrame();
  assert.equal(page.main.scrollTop, 300);
  for (const [path, place] of [["compare", 40], ["timeframes", 700]]) {
    history.go(1);
    browser.rememberAddress(path, "");
    drawFrame();
    assert.equal(page.main.scrollTop, place);
  }
});

test("a place to which a page is being brought is not given up where the connection is lost for a moment", async () => {
  const browser = await aPage("changes");
  const { page } = browser;
  page.main.scrollTop = 300;
  arrive(browser, "compare");
  const drawFrame = holdFrames();
  history.go(-1);
  page[CONNECTION] = "PINGING_SERVER";
  drawFrame();
  browser.wait(20);
  drawFrame();
  page[CONNECTION] = "CONNECTED";
  browser.rememberAddress("changes", "");
  page.main.scrollTop = 0; // drawn anew
  drawFrame();
  assert.equal(page.main.scrollTop, 300);
});

test("a page whose server says nothing for long is brought to its place all the same, and what stands there meanwhile is not", async () => {
  const browser = await aPage("changes");
  const { main } = browser.page;
  let look = () => {};
  globalThis.setTimeout = (what) => look = what;
  main.scrollTop = 300;
  arrive(browser, "compare");
  const drawFrame = holdFrames();
  main.scrollTop = 40;
  history.go(-1);
  Array.from({ length: 100 }).forEach(() => look()); // until the step is watched no longer
  main.scrollTop = 90;
  browser.wait(12);
  drawFrame();
  assert.equal(main.scrollTop, 90, "whoever reads on is carried nowhere");
  browser.rememberAddress("changes", "");
  main.scrollTop = 0;
  drawFrame();
  assert.equal(main.scrollTop, 300);
});

test("a slow page is brought to its place once it is there", async () => {
  const browser = await aPage("changes");
  browser.page.main.scrollTop = 200;
  arrive(browser, "compare");
  let early = 8; // looks at it while it is too short for where it was read: longer than patience lasts
  browser.page.main = {
    place: 0,
    get scrollTop() {
      return this.place;
    },
    set scrollTop(place) {
      this.place = early-- > 0 ? 0 : place;
      if (early <= 0) browser.page[RUN] = "notRunning";
    },
  };
  browser.page[RUN] = "running";
  history.go(-1);
  assert.equal(browser.page.main.scrollTop, 200);
});

test("a click for another tab is the browser's, and any other leads there in place", async () => {
  const { leadsThere } = await aBrowser(`${ORIGIN}/changes`);
  const link = { href: location.href };
  const left = [];
  const click = (keys) => link.onclick({ preventDefault: () => left.push("candor"), ...keys });
  leadsThere(link, () => left.push("told"));
  for (const key of ["ctrlKey", "metaKey", "shiftKey", "altKey"]) click({ [key]: true });
  assert.deepEqual(left, ["told", "told", "told", "told"]);
  click({});
  assert.equal(left.at(-1), "candor");
});
