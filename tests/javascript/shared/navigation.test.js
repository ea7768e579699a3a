import assert from "node:assert/strict";
import {
  addressWith,
  isPageHere,
  isSameQuery,
  pageAddress,
  rememberAddress,
} from "../../../pages/components/shared/navigation.js";
import { storageIsEmpty } from "../storages.js";

/** Deno has no address of its own. */
function at(search, pathname = "/candor/") {
  Object.defineProperty(globalThis, "location", { value: { pathname, search }, configurable: true });
}

Deno.test("a change to the address leaves the rest of it, and takes away what is null", () => {
  at("?timeframe=1h&directions=LONG&directions=SHORT");
  assert.equal(
    addressWith({ search: "btc eth" }),
    "/candor/?timeframe=1h&directions=LONG&directions=SHORT&search=btc+eth",
  );
  assert.equal(addressWith({ directions: ["NO_TRADE"] }), "/candor/?timeframe=1h&directions=NO_TRADE");
  assert.equal(addressWith({ timeframe: null, directions: null }), "/candor/");
});

Deno.test("a page is found again as it was left in this tab", () => {
  storageIsEmpty();
  at("?min_move=70", "/candor/timeframes");
  rememberAddress("timeframes", location.search);
  at("?symbol=ETHUSDT", "/candor/coin");
  rememberAddress("timeframes", location.search); // its header was drawn late: the browser has left already
  assert.equal(pageAddress("timeframes"), "timeframes?min_move=70");
  assert.equal(pageAddress("never_seen"), "never_seen");
});

Deno.test("the way to the coin leads to the one this page is about, otherwise to the last one", () => {
  storageIsEmpty();
  const first = { symbol: "BTCUSDT", timeframe: "1h" };
  at("");
  assert.equal(pageAddress("coin", first), "coin?symbol=BTCUSDT&timeframe=1h", "a whole address: see heedNoLateWords");
  at("?timeframe=4h");
  assert.equal(pageAddress("coin", first), "coin?symbol=BTCUSDT&timeframe=4h");
  at("?symbol=ETHUSDT&timeframe=1h", "/coin");
  rememberAddress("coin", location.search);
  at("?timeframe=4h");
  assert.equal(pageAddress("coin", first), "coin?symbol=ETHUSDT&timeframe=1h");
  at("?symbol=SOLUSDT&timeframe=1d&show=card");
  assert.equal(pageAddress("coin", first), "coin?symbol=SOLUSDT&timeframe=1d");
});

Deno.test("where a link leads follows the browser, not the page that was drawn last", () => {
  storageIsEmpty();
  at("?search=btc", "/candor/");
  rememberAddress("", location.search);
  at("?symbol=ETHUSDT&timeframe=1h", "/candor/coin");
  assert.equal(pageAddress(""), "./?search=btc", "the way back keeps what was filtered");
  at("?search=btc", "/candor/");
  assert.equal(pageAddress(""), "./", "the page one is at begins anew");
});

Deno.test("words lead in place to other pages of this app, and to nothing else", () => {
  const base = "https://example.org/candor/";
  const leads = (address) => isPageHere(address, base, { pathname: "/candor/method", search: "" });
  assert.ok(leads("glossary#skill"));
  assert.ok(leads("./?search=btc"));
  assert.ok(leads("method?x=1#limits"), "another view of the same page");
  for (const address of ["#limits", "method#skill", "api/docs", "https://example.com/candor/coin", "/other"]) {
    assert.ok(!leads(new URL(address, "https://example.org/candor/method").href), address);
  }
});

Deno.test("two queries that ask for the same are one, however they are written", () => {
  assert.ok(isSameQuery("?b=1&a=x%20y", "a=x+y&b=1"));
  assert.ok(isSameQuery("", "?"));
  assert.ok(!isSameQuery("?timeframe=1d", "?timeframe=4h"));
  assert.ok(!isSameQuery("?coins=BTC&coins=ETH", "?coins=ETH&coins=BTC"), "their order is what was asked for");
});
