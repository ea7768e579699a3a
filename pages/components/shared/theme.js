// The page's theme for libraries that draw on a canvas or keep styles of their own, and so resolve no CSS variables.

const NO_COLOUR = "#808080"; // of an element that has left the page: whoever draws on it fails where a colour is none

/** The theme's font, and its colours spelled out. */
export function themeOf(element) {
  const style = getComputedStyle(element);
  const chosen = (name, otherwise) => style.getPropertyValue(`--candor-${name}`).trim() || otherwise;
  const read = (name, otherwise = NO_COLOUR) => style.getPropertyValue(`--st-${name}`).trim() || otherwise;
  return {
    background: read("background-color"),
    text: read("text-color"),
    border: read("border-color"),
    font: read("font", "sans-serif"),
    green: chosen("rise", read("green-color")),
    red: chosen("fall", read("red-color")),
    blue: read("blue-color"),
    gray: read("gray-color"),
    yellow: read("yellow-color"),
  };
}

/** `#rrggbb` with an opacity; any other way to write a colour stays as it is. */
export function withOpacity(colour, opacity) {
  if (!/^#[0-9a-f]{6}/i.test(colour)) return colour;
  const value = parseInt(colour.slice(1, 7), 16);
  return `rgba(${value >> 16}, ${(value >> 8) & 255}, ${value & 255}, ${opacity})`;
}
