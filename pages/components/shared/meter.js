// How likely a move is, as a bar and in words, beside what is usual: at any hour, and at this one where that is known.

import { make, makeSilent } from "./dom.js";
import { inARow, say } from "./speech.js";

/**
 * A bar as long as a move is likely, with a mark at what is usual and a lighter one at what is usual at this hour. It is
 * hollow where nothing proves that the model knows when, as cells of Timeframes are.
 */
export function meter(move) {
  const { at, usually, hour, proof } = move;
  const fill = make("span", "fill");
  fill.style.width = `${at * 100}%`;
  const marks = [mark("usually", usually), ...(hour ? [mark("hourly", hour.at)] : [])];
  return makeSilent("div", `meter ${quietened(move)}${proof === "proven" ? "" : " hollow"}`, fill, ...marks);
}

/** A band as loud as it may be drawn: what is likely at any hour but this one is no news, nor is what nothing proves. */
export function quietened(move) {
  return move.band === "likely" && quietenedBy(move) ? "usual" : move.band;
}

/** Why a move that is called likely is drawn as any other; nothing where it is not. */
export function quietenedBy({ band, hour, proof }) {
  if (band !== "likely") return "";
  if (proof !== "proven") return say("The model's timing is not proven");
  return ofTheHour({ band, hour });
}

/** That a move which is called likely is no likelier than usual at this hour; nothing where it is, or where nobody knows. */
export function ofTheHour({ band, hour }) {
  const explained = band === "likely" && hour && hour.band !== "likely";
  return explained ? say("Likelier than usual over all hours, but not for this hour") : "";
}

/** `usually 68 % (at this hour 74 %)` */
export function usualText({ usual, hour }) {
  if (!hour) return say("usually\u00a0{usual}", { usual });
  return say("usually\u00a0{usual} (at\u00a0this\u00a0hour\u00a0{share})", { usual, share: hour.share });
}

/** What both were counted on. */
export function usualTitle({ hour }) {
  return hour ? inARow(USUAL, hour.told) : USUAL;
}

const USUAL = say("How often either barrier was touched within as many candles in training, at whatever hour.");

function mark(name, at) {
  const made = make("span", name);
  made.style.left = `${at * 100}%`;
  return made;
}
