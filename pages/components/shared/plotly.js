// plotly.js, fetched once per page by whichever component comes first, and the page's theme as it needs it.

let library; // the promise of plotly.js

/** The library called `name`, which lies beside the folder of all scripts, wherever a proxy has put the two. */
export function loadPlotly(name) {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL(`../../${name}`, import.meta.url).href;
    script.onload = () => resolve(globalThis.Plotly);
    script.onerror = () => {
      library = undefined; // so that the next refresh asks again
      script.remove();
      reject(new Error(`plotly.js did not load from ${script.src}`));
    };
    document.head.append(script);
  });
  return library;
}

/** The theme with its colours spelled out, since plotly does not resolve CSS variables. */
export function plotlyTheme(element) {
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
