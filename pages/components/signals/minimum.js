// What the slider asks: how many signals reach a minimum, and how what they say is distributed.

const BINS = 28;

/** A card passes where it reaches every minimum; one without a signal only where nothing is asked. */
export function reaches({ measures }, minimums) {
  return Object.entries(minimums).every(([name, least]) => !least || (measures?.[name] ?? -1) >= least);
}

/** How many of each name of a facet, which `of(card)` gives, show at these minimums, by name; `counts` are those without any. */
export function countsAt(counts, cards, minimums, of) {
  if (!Object.values(minimums).some(Boolean)) return counts;
  const there = cards.filter((card) => reaches(card, minimums)).map(of);
  return Object.fromEntries(Object.keys(counts).map((name) => [name, there.filter((each) => each === name).length]));
}

/** Whether a filter of names lets one pass: without any, it lets all. */
export function isAmong(name, chosen) {
  return !chosen.length || chosen.includes(name);
}

/** From where to where the slider runs, in whole percent: over what the models really say, so that one is left at its end, and what is asked now. */
export function spanOf(ends, asked) {
  const percents = [...ends.map((value) => Math.floor(value * 100)), ...(asked ? [Math.round(asked * 100)] : [])];
  if (!percents.length) return { low: 0, high: 100 };
  const low = Math.min(...percents);
  return { low, high: Math.max(...percents, low + 1) };
}

/** How many of `values`, fractions, fall into each part of the span: from 0 to 1, the fullest part being 1. */
export function distribution(values, { low, high }, bins = BINS) {
  const counts = new Array(bins).fill(0);
  for (const value of values) {
    const place = Math.floor((value * 100 - low) / (high - low) * bins);
    counts[Math.min(Math.max(place, 0), bins - 1)] += 1;
  }
  const most = Math.max(...counts, 1);
  return counts.map((count) => count / most);
}

/** The minimum that the slider stands for: at its left end it asks nothing. */
export function minimumAt(percent, { low }) {
  return percent <= low ? 0 : percent / 100;
}

/** Where nothing reaches the minimums: how far the one of `measure` would have to be lowered for something to show. */
export function loweredTo(cards, minimums, measure) {
  const others = { ...minimums, [measure]: 0 };
  const values = cards.filter((card) => card.measures && reaches(card, others)).map((card) => card.measures[measure]);
  if (!values.length) return null;
  const percent = Math.floor(Math.max(...values) * 100);
  return { percent, count: values.filter((value) => value >= percent / 100).length };
}
