// The market's clock, which the header sets and every component of the page reads, and how times are written.

const clock = { now: Date.now(), set: Date.now(), speed: 1 };
let stoppedAt = null; // the market's time while nothing is heard of it
let zone = "UTC"; // the one that times are written in
let format = null; // what knows how far it is ahead: to make one takes a while
const QUARTER = 900_000; // milliseconds between which no zone changes how far it is ahead
const MOST_OFFSETS = 20_000;
const offsets = new Map(); // quarter of an hour -> by how many minutes the zone is ahead then: asking takes a while

/** From this moment on the market's time is `now` (Unix milliseconds) and runs at `speed`. */
export function setMarketClock(now, speed) {
  Object.assign(clock, { now, speed, set: Date.now() });
}

export function marketNow() {
  return stoppedAt ?? marketTime(clock, Date.now());
}

/** Stop every clock and countdown of the page, or let them run on. */
export function stopClock(stopped) {
  stoppedAt = stopped ? marketNow() : null;
}

/** Write times in the zone of that name from now on. */
export function setZone(name) {
  if (zone === name) return;
  zone = name;
  format = new Intl.DateTimeFormat("en", { timeZone: name, timeZoneName: "longOffset" });
  offsets.clear();
}

/** Whether times are written in UTC. */
export function isUtc() {
  return zone === "UTC";
}

export function marketTime({ now, set, speed }, at) {
  return now + (at - set) * speed;
}

/** `2025-08-31` */
export function dayText(time) {
  return inZone(time).slice(0, 10);
}

/** `14:05 UTC`, to the minute; `16:05 UTC+2` in a zone that is two hours ahead then. */
export function timeText(time) {
  return `${inZone(time).slice(11, 16)} ${offsetText(offsetOf(time))}`;
}

/** `2025-08-31T16:05…` as a clock in the zone shows it. */
function inZone(time) {
  return new Date(wallTime(time)).toISOString();
}

/** A moment moved to where UTC's clock shows what the zone's does then. */
export function wallTime(time) {
  return time + offsetOf(time) * 60_000;
}

/** By how many minutes the zone is ahead of UTC at a moment. */
function offsetOf(time) {
  if (isUtc()) return 0;
  const quarter = Math.floor(time / QUARTER);
  if (offsets.size === MOST_OFFSETS) offsets.clear();
  if (!offsets.has(quarter)) offsets.set(quarter, offsetThen(time));
  return offsets.get(quarter);
}

function offsetThen(time) {
  const parts = format.formatToParts(time);
  const [, sign, hours, minutes] = parts.find(({ type }) => type === "timeZoneName").value.match(
    /GMT(?:([+-])(\d+):(\d+))?/,
  );
  return sign ? (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) : 0;
}

/** `UTC`, `UTC+2`, `UTC+5:30`, `UTC−3`: as number_text.py writes it. */
export function offsetText(minutes) {
  if (!minutes) return "UTC";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${rest ? `:${two(rest)}` : ""}`;
}

/** Milliseconds until the candle of a `duration` that holds `now` closes. */
export function untilClose(duration, now) {
  return duration - (now % duration);
}

/** A time span as `4:05:06`, and under an hour `05:06`; the second that has begun is not counted. */
export function spanText(milliseconds) {
  const whole = Math.floor(milliseconds / 1000);
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const rest = `${two(minutes)}:${two(seconds)}`;
  return hours ? `${hours}:${rest}` : rest;
}

function two(number) {
  return String(number).padStart(2, "0");
}
