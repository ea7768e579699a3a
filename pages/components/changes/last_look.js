// When this browser looked at the changes of a market last, and up to which entry: kept beside the browser's own things.

import { dayText, marketNow, timeText } from "../shared/clock.js";
import { keep, kept } from "../shared/storage.js";
import { say } from "../shared/speech.js";

const PLACE = "changes:"; // and the market's name

/** `{ seq, at }` with `at` in Unix milliseconds of the market's time; null where nobody looked, or that is not known. */
export function lastLook(market) {
  return kept(PLACE + market, lookIn, null);
}

/** Remember that everything up to entry `seq` was looked at now, unless nobody looks. */
export function rememberLook(market, seq) {
  if (!document.hidden) keep(PLACE + market, { seq, at: marketNow() });
}

function lookIn({ seq, at }) {
  return Number.isSafeInteger(seq) && Number.isFinite(at) && seq >= 0 ? { seq, at } : undefined;
}

/** How many entries came after a look; all of them are as good as known to who never looked. */
export function newSince(seqs, look) {
  return look ? seqs.filter((seq) => seq > look.seq).length : 0;
}

/** A row's time in a sentence: its day only where that is not today's, and never broken at a hyphen. */
export function timeInText(at, now) {
  const today = `${dayText(now)} `;
  return at.startsWith(today) ? at.slice(today.length) : at.replaceAll("-", "\u2060-\u2060");
}

/** `14:05 UTC`, and with its day where that is not today's. */
export function lookText(at, now) {
  return timeInText(`${dayText(at)} ${timeText(at)}`, now);
}

/** `12 new since your last look at 14:05 UTC`. */
export function newText(count, look, now, most = Infinity) {
  if (!look) return "";
  const at = lookText(look.at, now);
  if (count >= most) return say("{most} or more new since your last look at {at}", { most, at });
  if (!count) return say("Nothing new since your last look at {at}", { at });
  return say("{count} new since your last look at {at}", { count, at });
}
