// What the model says now, with a countdown to the next call that ticks by the market's own clock.

const CLOCKS = new WeakMap(); // root -> { told: market time we were told, at: when, timer }

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  const clock = CLOCKS.get(root) ?? {};
  if (clock.told !== data.now) {
    clock.told = data.now;
    clock.at = performance.now();
  }
  clearInterval(clock.timer);
  CLOCKS.set(root, clock);

  const countdown = element("dd", "countdown");
  const elapsed = element("span");
  root.replaceChildren(panel(data, countdown, elapsed));
  const tick = () => {
    const now = data.now + (performance.now() - clock.at) * data.speed;
    const left = data.valid_until - now;
    countdown.textContent = left > 0 ? clockText(left) : "Closed: the next call is on its way";
    elapsed.style.width = `${Math.min(Math.max(1 - left / data.step, 0), 1) * 100}%`;
  };
  tick();
  clock.timer = setInterval(tick, 1000 / Math.min(Math.max(data.speed, 1), 4));
  return () => {
    clearInterval(clock.timer);
    CLOCKS.delete(root);
  };
}

function element(tag, className = "", ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function hidden(glyph) {
  const made = element("span", "glyph", glyph);
  made.ariaHidden = "true";
  return made;
}

function panel(data, countdown, elapsed) {
  const direction = element("div", "direction " + data.direction.name, hidden(data.direction.glyph), data.direction.word);
  const confidence = element("div", "confidence", element("strong", "", data.confidence), element("span", "small", "confidence"));
  const price = element("div", "price", element("strong", "", data.price));
  if (data.change) price.append(element("span", data.falling ? "down" : "up", data.change), element("span", "small", " in 24 h"));

  const segments = element("div", "segments");
  segments.ariaHidden = "true";
  const list = element("ul", "probabilities");
  for (const { name, glyph, word, share, text } of data.probabilities) {
    const segment = element("span", name);
    segment.style.flexGrow = share;
    segments.append(segment);
    list.append(element("li", name, hidden(glyph), ` ${word} `, element("strong", "", text)));
  }
  const track = element("div", "elapsed", elapsed);
  track.ariaHidden = "true";
  const facts = element("dl", "facts");
  for (const [name, ...values] of [
    ["Next call in", countdown, element("dd", "", track)],
    ["Based on the candle", element("dd", "", data.candle)],
    ["Replaced at", element("dd", "", data.replaced)],
    ["Called by", element("dd", "", data.speaker)],
  ]) {
    facts.append(element("div", "", element("dt", "", name), ...values));
  }
  const meaning = element("p", "meaning", data.meaning);
  return element("div", "call", element("div", "top", direction, confidence, price), segments, list, meaning, facts);
}

function clockText(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  const two = (number) => String(number).padStart(2, "0");
  const days = Math.floor(seconds / 86400);
  const text = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return days ? `${days} d ${text}` : text;
}
