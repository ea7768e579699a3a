// The page's theme for libraries that draw on a canvas or keep styles of their own, and so resolve no CSS variables.

/** The theme's font, and its colours spelled out. */
export function themeOf(element) {
  const style = getComputedStyle(element);
  const chosen = (name, otherwise) => style.getPropertyValue(`--candor-${name}`).trim() || otherwise;
  const read = (name, fallback) => style.getPropertyValue(`--st-${name}`).trim() || fallback;
  return {
    background: read("background-color", "#ffffff"),
    text: read("text-color", "#1a2230"),
    border: read("border-color", "#ccd4df"),
    font: read("font", "sans-serif"),
    green: chosen("rise", read("green-color", "#0b7a50")),
    red: chosen("fall", read("red-color", "#c4202f")),
    blue: read("blue-color", "#1f66c7"),
    gray: read("gray-color", "#586274"),
    yellow: read("yellow-color", "#8a5a00"),
  };
}

/** `#rrggbb` with an opacity; any other way to write a colour stays as it is. */
export function withOpacity(colour, opacity) {
  if (!/^#[0-9a-f]{6}/i.test(colour)) return colour;
  const value = parseInt(colour.slice(1, 7), 16);
  return `rgba(${value >> 16}, ${(value >> 8) & 255}, ${value & 255}, ${opacity})`;
}
