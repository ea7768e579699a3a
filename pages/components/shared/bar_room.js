// How much of the bar there is room for: what tells least goes first, until the rest stands on one line.

/** What the header leaves out or draws closer together, in this order; the styles of a bar have a rule for each. */
export const STEPS = [
  "no-day",
  "tight",
  "no-speed",
  "short-tools",
  "small",
  "one-countdown",
  "no-badge",
  "folded",
  "no-clock",
  "short-badge",
];

/** Of `steps` the fewest, from the first on, with which `fits(taken)` is true; all of them where it never is. */
export function fewest(steps, fits) {
  for (let count = 0; count < steps.length; count++) {
    if (fits(steps.slice(0, count))) return steps.slice(0, count);
  }
  return steps;
}

/** Where the last of what stands in the bar ends; its own scrollWidth would let that eat the margin. */
function ends(bar) {
  return Math.max(...[...bar.children].map((each) => each.getBoundingClientRect().right));
}

/** Fit the content of `bar` into its width by as few of `steps` as will do, now and whenever one of them changes. */
export function keepInOneLine(bar, steps = STEPS) {
  const draw = (taken) => {
    for (const step of steps) bar.classList.toggle(step, taken.includes(step));
    return ends(bar) <= bar.getBoundingClientRect().right - parseFloat(getComputedStyle(bar).paddingRight) + 0.5;
  };
  const sizes = new ResizeObserver(() => draw(fewest(steps, draw)));
  for (const each of [bar, ...bar.children]) sizes.observe(each);
}
