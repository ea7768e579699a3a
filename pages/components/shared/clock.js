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

/** `2025-08-31 14:05 UTC`, to the minute. */
export function minuteText(time) {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Milliseconds until the candle of a `duration` that holds `now` closes. */
export function untilClose(duration, now) {
  return duration - (now % duration);
}

/** A time span as `4:05:06`, and under an hour `05:06`; the second that has begun is not counted. */
export function spanText(milliseconds) {
  const { days, hours, minutes, seconds } = parts(Math.floor(milliseconds / 1000));
  const rest = `${two(minutes)}:${two(seconds)}`;
  return days || hours ? `${days * 24 + hours}:${rest}` : rest;
}

/** A time span as `04:05:06` or `1 d 04:05:06`; the second that has begun counts, so that zero means over. */
export function longSpanText(milliseconds) {
  const { days, hours, minutes, seconds } = parts(Math.ceil(milliseconds / 1000));
  const text = `${two(hours)}:${two(minutes)}:${two(seconds)}`;
  return days ? `${days} d ${text}` : text;
}

function parts(seconds) {
  return {
    days: Math.floor(seconds / 86400),
    hours: Math.floor(seconds / 3600) % 24,
    minutes: Math.floor(seconds / 60) % 60,
    seconds: seconds % 60,
  };
}

function two(number) {
  return String(number).padStart(2, "0");
}
