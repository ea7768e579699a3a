// The line of a coin's latest closes, drawn from heights that travel as text: two digits each, from 00 to 99.

const SVG = "http://www.w3.org/2000/svg";
export const TOP = 99; // the height of the highest close

export function sparkline(text = "") {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = {
    class: "sparkline",
    viewBox: `0 -4 100 ${TOP + 8}`,
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  const heights = heightsOf(text);
  if (heights.length > 1) {
    const line = document.createElementNS(SVG, "polyline");
    line.setAttribute("points", points(heights));
    svg.append(line);
  }
  return svg;
}

export function heightsOf(text) {
  return (text.match(/\d\d/g) ?? []).map(Number);
}

/** The heights, evenly from left to right, as the points of a polyline 100 wide whose y runs downwards. */
export function points(heights) {
  const step = 100 / (heights.length - 1);
  return heights.map((height, place) => `${(place * step).toFixed(1)},${TOP - height}`).join(" ");
}
