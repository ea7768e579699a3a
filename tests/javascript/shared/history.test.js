import assert from "node:assert/strict";
import { goTo, installNavigation, rememberAddress } from "../../../pages/components/shared/navigation.js";
import { storageIsEmpty } from "../storages.js";

const ORIGIN = "https://example.org";

/** What navigation needs of a browser: a history whose entries are addresses, and a page that is at rest. */
function aBrowser(address) {
  const entries = [address];
  const main = { scrollTop: 0 };
  class History {
    state = null;
    pushState(state, _title, to) {
      entries.push(new URL(to, ORIGIN).href);
      this.state = state;
      turnTo(entries.at(-1));
    }
    replaceState(state, _title, to) {
      this.state = state;
      if (to) turnTo(entries[entries.length - 1] = new URL(to, ORIGIN).href);
    }
  }
  const turnTo = (href) => {
    Object.defineProperty(globalThis, "location", { value: new URL(href), configurable: true });
  };
  turnTo(address);
  Object.assign(globalThis, {
    History,
    history: new History(),
    PopStateEvent: class extends Event {},
    requestAnimationFrame: () => {},
    document: {
      baseURI: `${ORIGIN}/`,
      addEventListener: () => {},
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
    storageIsEmpty();
    const entries = aBrowser(`${ORIGIN}/coin?symbol=BTCUSDT&timeframe=15m`);
    installNavigation();
    rememberAddress("coin", location.search);
    goTo("changes");
    history.pushState({}, "", "/changes?symbol=BTCUSDT&timeframe=15m");
    history.pushState({}, "", "/coin?symbol=BTCUSDT&timeframe=15m");
    assert.deepEqual(entries.slice(1), [`${ORIGIN}/changes`]);

    rememberAddress("changes", "");
    history.pushState({}, "", "/changes?kind=side");
    assert.deepEqual(
      entries.slice(1),
      [`${ORIGIN}/changes`, `${ORIGIN}/changes?kind=side`],
      "what is chosen is one",
    );
    globalThis.document = before;
  },
);
