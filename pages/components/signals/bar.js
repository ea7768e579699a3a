// The line of controls above the signals. What they ask for stands in the address; the slider filters while it is dragged.

import { closesWithTheFocus, make, makeRole, makeSilent, setText } from "../shared/dom.js";
import { keepInOneLine } from "../shared/bar_room.js";
import { addressWith, goTo } from "../shared/navigation.js";
import { directions } from "../shared/looks.js";
import { countsAt, distribution, isAmong, minimumAt, reaches, spanOf } from "./minimum.js";
import { inARow, PERCENT, say, sayCount } from "../shared/speech.js";

const TYPING = 250; // milliseconds without a change after which the address follows
const MEANT = 0.7; // the P(move) from which on it came true on later candles, one click away
const MEANT_BECAUSE = say(
  "Likely moves came about as often as said on the test candles: the page Method has the figures",
);

const FILTERS = ["min_confidence", "min_move", "min_side", "directions", "bands", "trusted_only", "watch", "search"];

export function ask(changes, options) {
  goTo(addressWith(changes), options);
}

const FIGURE_SPACE = "\u2007";

/** How many filters are active. */
export function activeFilters({ minimums, directions, bands, trusted_only, watch, search }) {
  const asked = [...Object.values(minimums), directions.length, bands.length, trusted_only, watch.length, search];
  return asked.filter(Boolean).length;
}

/** Lift all of them, and with them what else is asked. */
export function resetFilters(besides = {}) {
  ask({ ...Object.fromEntries(FILTERS.map((name) => [name, null])), ...besides });
}

/** `onMinimums(minimums)` hears of every step of the slider. */
export function makeBar(onMinimums) {
  const bar = {
    element: makeRole("search", "div", "bar"),
    timeframes: group(say("Timeframe"), "segments"),
    layouts: group(say("View"), "segments"),
    directions: group(say("Call"), "pills"),
    trusted: make("button", "pill", say("Trusted")),
    measure: choice(say("What the minimum is of")),
    slider: make("input", "slider"),
    bins: makeSilent("div", "bins"),
    readout: makeRole("status", "span", "readout"),
    meant: make("button", "pill", say("P(move) ≥ {percent} %", { percent: MEANT * 100 })),
    sort: choice(
      say("Sort by"),
      say(
        "“Above usual” puts likely moves first, then usual and quiet ones: these bands compare P(move) with what is usual for the coin over all hours. Within a band it compares with this hour, where that is known.",
      ),
    ),
    search: make("input", "typed"),
    more: make("button", "pill more-button"),
    reset: make("button", "reset"),
    onMinimums,
    minimums: {},
    cards: [],
  };
  bar.trusted.title = say("Only signals against which nothing but notes was found");
  bar.trusted.onclick = () => ask({ trusted_only: bar.view.trusted_only ? null : "true" });
  bar.meant.onclick = () =>
    ask(bar.minimums.move === MEANT ? { min_move: null } : { min_move: MEANT * 100, slider: "move" });
  bar.measure.onchange = () => ask({ slider: bar.measure.value });
  bar.sort.onchange = () => ask({ order: bar.sort.value });
  bar.reset.onclick = () => resetFilters();
  makeSlider(bar);
  makeSearch(bar);
  const more = make(
    "div",
    "more",
    bar.layouts,
    bar.directions,
    bar.trusted,
    make("div", "minimum", bar.measure, make("div", "scale", bar.bins, bar.slider), bar.readout),
    bar.meant,
    bar.sort,
  );
  bar.more.onclick = () => openMore(bar, !isMoreOpen(bar));
  openMore(bar, false);
  for (const button of [bar.trusted, bar.meant, bar.more, bar.reset]) button.type = "button";
  bar.element.setAttribute("aria-label", say("Filters"));
  bar.element.append(bar.timeframes, bar.more, more, bar.search, bar.reset);
  closesWithTheFocus(bar.element, bar.more, () => isMoreOpen(bar), () => openMore(bar, false));
  keepInOneLine(bar.element, ["tight", "folded"]);
  return bar;
}

function group(label, className) {
  const element = makeRole("group", "div", className);
  element.setAttribute("aria-label", label);
  return element;
}

function choice(label, title = "") {
  const element = make("select", "choice");
  element.setAttribute("aria-label", label);
  element.title = title;
  return element;
}

function isMoreOpen(bar) {
  return bar.element.classList.contains("opened");
}

function openMore(bar, open) {
  bar.element.classList.toggle("opened", open);
  bar.more.setAttribute("aria-expanded", String(open));
}

function makeSearch(bar) {
  const { search } = bar;
  Object.assign(search, { type: "search", placeholder: say("Search coins"), maxLength: 60, autocomplete: "off" });
  search.setAttribute("aria-label", say("Search"));
  let again = false; // whether this word has an entry of its own in the history already
  const leave = ({ isTrusted }) => isTrusted && search.blur(); // Back shows what was searched for then
  search.onfocus = () => {
    again = false;
    addEventListener("popstate", leave);
  };
  search.addEventListener("blur", () => removeEventListener("popstate", leave));
  search.oninput = () => {
    clearTimeout(bar.typing);
    bar.typing = setTimeout(() => {
      ask({ search: search.value.trim() || null }, { replace: again });
      again = true;
    }, TYPING);
  };
}

// ---------------------------------------------------------------- slider

function makeSlider(bar) {
  const { slider } = bar;
  Object.assign(slider, { type: "range", step: 1 });
  slider.oninput = () => {
    clearTimeout(bar.sliding);
    bar.sliding = null; // under way
    bar.minimums = { ...bar.minimums, [bar.view.slider]: minimumAt(Number(slider.value), bar.span) };
    drawReadout(bar);
    drawDirections(bar);
    bar.onMinimums(bar.minimums);
  };
  slider.onchange = () => {
    clearTimeout(bar.sliding);
    bar.sliding = setTimeout(() => {
      bar.sliding = undefined;
      const least = bar.minimums[bar.view.slider];
      ask({ [`min_${bar.view.slider}`]: least ? String(Math.round(least * 100)) : null, slider: bar.view.slider });
    }, TYPING);
  };
}

function drawSlider(bar) {
  const measure = bar.view.slider;
  const values = bar.cards.filter((card) => card.measures).map((card) => card.measures[measure]);
  const asked = bar.minimums[measure];
  bar.span = spanOf(bar.spans[measure] ?? [], asked);
  Object.assign(bar.slider, { min: bar.span.low, max: bar.span.high });
  bar.slider.value = asked ? Math.round(asked * 100) : bar.span.low;
  bar.slider.setAttribute(
    "aria-label",
    say("Minimum {measure}", {
      measure: bar.measures[measure].replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase()),
    }),
  );
  const heights = distribution(values, bar.span);
  while (bar.bins.children.length < heights.length) bar.bins.append(make("span", "bin"));
  heights.forEach((height, place) => bar.bins.children[place].style.height = `${height * 100}%`);
  drawReadout(bar);
}

function drawReadout(bar) {
  const least = bar.minimums[bar.view.slider];
  const passing = bar.cards.filter((card) => card.measures && reaches(card, bar.minimums)).length;
  const asked = least ? `≥ ${Math.round(least * 100)}${PERCENT}` : say("any");
  setText(bar.readout, say("{asked} · {passing} of {total}", { asked, passing, total: bar.total }));
  bar.slider.setAttribute(
    "aria-valuetext",
    say("{asked}, {passing} of {total} signals", { asked, passing, total: bar.total }),
  );
  const share = (Number(bar.slider.value) - bar.span.low) / (bar.span.high - bar.span.low);
  [...bar.bins.children].forEach((bin, place, { length }) =>
    bin.classList.toggle("below", (place + 1) / length <= share)
  );
}

// ---------------------------------------------------------------- drawing

/** Show what the address asks for, and over what the slider runs. */
export function drawBar(bar, { view, counts, counted, total, timeframes, measures, spans, sorts }, cards) {
  Object.assign(bar, { view, total, measures, spans, cards });
  if (bar.sliding === undefined) bar.minimums = view.minimums; // what is being dragged goes before what was asked
  drawChoices(
    bar.timeframes,
    timeframes.map((name) => [name, name]),
    [view.timeframe],
    (name) => ask({ timeframe: name }),
  );
  drawChoices(
    bar.layouts,
    [["Cards", say("Cards")], ["Table", say("Table")]],
    [view.layout],
    (name) => ask({ view: name === "Cards" ? null : name }),
  );
  bar.counts = counts.directions;
  bar.counted = counted;
  drawDirections(bar);
  press(bar.trusted, view.trusted_only);
  const asked = bar.minimums.move === MEANT;
  press(bar.meant, asked);
  const left = cards.filter((card) => reaches(card, { move: MEANT })).length;
  bar.meant.classList.toggle("none", !left && !asked);
  bar.meant.title = inARow(sayCount("Leaves {count} coin now.", "Leaves {count} coins now.", left), MEANT_BECAUSE);
  drawOptions(
    bar.measure,
    Object.entries(measures).map((
      [name, title],
    ) => [name, title + (name === view.slider ? "" : least(view.minimums[name]))]),
    view.slider,
  );
  drawOptions(
    bar.sort,
    Object.entries(sorts).map(([name, title]) => [name, say("Sort: {by}", { by: title })]),
    view.sort,
  );
  if (bar.search.getRootNode().activeElement !== bar.search) bar.search.value = view.search;
  drawSlider(bar);
  const active = activeFilters(view);
  setText(bar.more, active ? say("Filters · {active}", { active }) : say("Filters"));
  setText(bar.reset, active ? say("Reset {active}", { active }) : "");
  bar.reset.setAttribute("aria-label", sayCount("Reset {count} filter", "Reset {count} filters", active));
  bar.reset.hidden = !active;
}

function drawDirections(bar) {
  const { view, counted, minimums } = bar;
  const ofTheBands = counted.filter(({ band }) => isAmong(band, view.bands));
  const counts = countsAt(bar.counts, ofTheBands, minimums, ({ direction }) => direction);
  drawChoices(
    bar.directions,
    Object.entries(directions).map(([name, { glyph }]) => [name, `${glyph} ${evenly(counts[name] ?? 0, bar.total)}`]),
    view.directions,
    (name) => ask({ directions: toggled(view.directions, name) }),
    (name) => {
      const direction = directions[name].word;
      return sayCount("{direction}, {count} coin", "{direction}, {count} coins", counts[name] ?? 0, { direction });
    },
  );
}

/** A count that takes as much room as any up to `most`: what stands behind it keeps its place while a slider is held. */
function evenly(count, most) {
  return String(count).padStart(String(most).length, FIGURE_SPACE);
}

function least(minimum) {
  return minimum ? ` ≥ ${Math.round(minimum * 100)}${PERCENT}` : "";
}

/** `names` with `name` put in or taken out; null for none. */
export function toggled(names, name) {
  const left = names.includes(name) ? names.filter((each) => each !== name) : [...names, name];
  return left.length ? left : null;
}

function press(button, pressed) {
  button.setAttribute("aria-pressed", String(Boolean(pressed)));
}

export function drawChoices(element, named, chosen, choose, spoken) {
  named.forEach(([name, text], place) => {
    const button = element.children[place] ?? element.appendChild(make("button", `each ${name}`));
    button.type = "button";
    setText(button, text);
    if (spoken) button.setAttribute("aria-label", button.title = spoken(name));
    press(button, chosen.includes(name));
    button.onclick = () => choose(name);
  });
}

function drawOptions(select, named, chosen) {
  named.forEach(([name, text], place) => {
    const option = select.children[place] ?? select.appendChild(make("option"));
    option.value = name;
    setText(option, text);
  });
  select.value = chosen;
}
