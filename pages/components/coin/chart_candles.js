// The candles in sight as a file: exactly as the API has them, since what the chart draws was rounded for it.

import { say } from "../shared/speech.js";
import { saveBlob } from "../shared/dom.js";

const COLUMNS = ["open_time", "open", "high", "low", "close", "volume"]; // as exports.py has them

/** Save the candles in sight; gives in words what went wrong, nothing where they were saved. */
export async function saveCandles(data, range, name) {
  try {
    const candles = inRange(await fetchCandles(data), range, data.step);
    saveBlob(new Blob([candlesCsv(candles)], { type: "text/csv" }), name);
    return "";
  } catch {
    return say("The candles could not be fetched from this server. Try again in a moment.");
  }
}

/** All candles that the chart may show, from this server's API; throws where it does not answer. */
export async function fetchCandles({ key, at }) {
  const [symbol, timeframe] = key.split(" ");
  const asked = new URLSearchParams({ timeframe, limit: String(at.length) });
  const answer = await fetch(new URL(`api/candles/${symbol}?${asked}`, document.baseURI));
  if (!answer.ok) throw new Error(`The API answered ${answer.status}.`);
  return (await answer.json()).candles;
}

/** Those of which anything lies between two moments (Unix milliseconds); each is `step` milliseconds long. */
export function inRange(candles, [from, to], step) {
  return candles.filter(({ open_time }) => Date.parse(open_time) + step > from && Date.parse(open_time) < to);
}

/** Candles as CSV with a header. */
export function candlesCsv(candles) {
  const rows = candles.map((candle) => COLUMNS.map((name) => candle[name]).join(","));
  return `${[COLUMNS.join(","), ...rows].join("\n")}\n`;
}
