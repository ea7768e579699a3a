// The candle that is still open: asked for while somebody looks at the chart, marked as unfinished wherever it is drawn,
// and gone once it has closed or nothing is heard of it. Nothing is predicted from it, and no file has it.

import { timeText } from "../shared/clock.js";
import { inARow, say } from "../shared/speech.js";
import { places } from "./chart_geometry.js";
import { priceText } from "./chart_series.js";

const OFTEN = 2000; // milliseconds until it is asked for again,
const RARELY = 20_000; // and where nothing was heard of it

/**
 * Keeps asking: `ask()` promises a candle or null, `show(candle)` is told each answer, `hidden()` says whether anybody
 * looks, `later(act, milliseconds)` gives what calls it off. `look()` asks at once, `stop()` ends it.
 */
export function follower({ ask, show, hidden, later }) {
  let asked = 0; // of answers that overtake each other only the one to the newest question counts
  let callOff = () => {};
  const look = async () => {
    callOff();
    if (hidden()) return;
    const mine = ++asked;
    const candle = await ask().catch(() => null);
    if (mine !== asked) return;
    show(candle);
    callOff = later(look, candle ? OFTEN : RARELY);
  };
  const stop = () => {
    asked += 1;
    callOff();
  };
  return { look, stop };
}

/** The same of the page's own clock and of this server, for the series that `keyOf()` names; none where it names none. */
export function followForming(keyOf, show) {
  const following = follower({
    ask: () => fetchForming(keyOf()),
    show,
    hidden: () => document.hidden,
    later: (act, milliseconds) => {
      const timer = setTimeout(act, milliseconds);
      return () => clearTimeout(timer);
    },
  });
  document.addEventListener("visibilitychange", following.look);
  return {
    look: following.look,
    stop: () => {
      document.removeEventListener("visibilitychange", following.look);
      following.stop();
    },
  };
}

async function fetchForming(key) {
  if (key === null) return null;
  const [symbol, timeframe] = key.split(" ");
  const address = `api/candles/${symbol}/forming?timeframe=${encodeURIComponent(timeframe)}`;
  const answer = await fetch(new URL(address, document.baseURI));
  return answer.ok ? (await answer.json()).candle : null;
}

/** An open candle of the API numbered as the chart's are; null for none, for one that has closed and for what lies too far ahead. */
export function numbered(data, candle) {
  if (candle === null) return null;
  const { open, high, low, close, volume } = candle;
  const at = (Date.parse(candle.open_time) - data.start) / data.step;
  return at > data.at.at(-1) && at < places(data) ? { at, open, high, low, close, volume } : null;
}

/** What its reader has to know of it, and how far it has come on the way to a barrier; nothing without one. */
export function formingText(data) {
  const { forming, decimals, start, step } = data;
  if (!forming) return "";
  const told = say("Grey outline: the candle of {time} is still open, at {price}.", {
    time: timeText(start + forming.at * step),
    price: priceText(forming.close, decimals),
  });
  return inARow(told, runText(data));
}

/** The page says the same of the newest close, below the chart: once is enough. */
export function hideOlderRun(data, { classList } = document.documentElement) {
  classList.toggle("candor-live-run", Boolean(data.forming && runText(data)));
}

/** `0.7 of 2.2 ATR run upwards so far: 1.5 to the upper barrier, 2.9 to the lower.`: of the candle after the call alone, which began where it ended. */
export function runText({ forming, signal, start, step }) {
  if (!signal?.run || start + forming.at * step !== signal.from) return "";
  const { close, atr, barrier } = signal.run;
  const [gone, highest, lowest] = [forming.close, forming.high, forming.low].map((price) => (price - close) / atr);
  if (highest >= barrier) return say("It has touched the upper barrier.");
  if (lowest <= -barrier) return say("It has touched the lower barrier.");
  const facts = {
    gone: oneDigit(Math.abs(gone)),
    barrier: oneDigit(barrier),
    up: oneDigit(barrier - gone),
    down: oneDigit(barrier + gone),
  };
  return gone < 0
    ? say("{gone} of {barrier} ATR run downwards so far: {up} to the upper barrier, {down} to the lower.", facts)
    : say("{gone} of {barrier} ATR run upwards so far: {up} to the upper barrier, {down} to the lower.", facts);
}

function oneDigit(value) {
  return value.toFixed(1);
}
