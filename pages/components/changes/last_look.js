// When this browser looked at the changes of a market last, and up to which entry: kept beside the browser's own things.

import { dayText, marketNow, timeText } from "../shared/clock.js";

const KEPT = "candor:changes:"; // and the market's name

/** What a kept text says, `{ seq, at }` with `at` in Unix milliseconds of the market's time; null where it says nothing. */
export function parseLook(text) {
  try {
    const { seq, at } = JSON.parse(text);
    return Number.isSafeInteger(seq) && Number.isFinite(at) && seq >= 0 ? { seq, at } : null;
  } catch {
    return null;
  }
}

export function lastLook(market) {
  try {
    return parseLook(localStorage.getItem(KEPT + market));
  } catch {
    return null; // a browser that keeps nothing
  }
}

/** Remember that everything up to entry `seq` was looked at now, unless nobody looks. */
export function rememberLook(market, seq) {
  if (document.hidden) return;
  try {
    localStorage.setItem(KEPT + market, JSON.stringify({ seq, at: marketNow() }));
  } catch {
    // what cannot be kept is new again next time
  }
}

/** How many entries came after a look; all of them are as good as known to who never looked. */
export function newSince(seqs, look) {
  return look ? seqs.filter((seq) => seq > look.seq).length : 0;
}

/** `14:05 UTC`, and with its day where that is not today's. */
export function lookText(at, now) {
  return dayText(at) === dayText(now) ? timeText(at) : `${dayText(at)} ${timeText(at)}`;
}

/** `12 new since your last look at 14:05 UTC`. */
export function newText(count, look, now, most = Infinity) {
  if (!look) return "";
  const many = count >= most ? `${most} or more` : count || "Nothing";
  return `${many} new since your last look at ${lookText(look.at, now)}`;
}
