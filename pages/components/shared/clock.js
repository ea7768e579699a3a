// The market's clock, which the header sets and every component of the page reads, and how times are written.

const clock = { now: Date.now(), set: Date.now(), speed: 1 };

/** From this moment on the market's time is `now` (Unix milliseconds) and runs at `speed`. */
export function setMarketClock(now, speed) {
  Object.assign(clock, { now, speed, set: Date.now() });
}

export function marketNow() {
  return marketTime(clock, Date.now());
}

export function marketTime({ now, set, speed }, at) {
  return now + (at - set) * speed;
}

/** `2025-08-31` */
export function dayText(time) {
  return new Date(time).toISOString().slice(0, 10);
}

/** `14:05 UTC`, to the minute. */
export function timeText(time) {
  return `${new Date(time).toISOString().slice(11, 16)} UTC`;
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
