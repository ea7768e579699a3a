// Put in front of every component that draws with plotly.js. The library is fetched once per page from our
// own /assets route, by whichever component comes first, and shared by all.
function loadPlotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  window.candorPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      window.candorPlotly = undefined; // so that the next refresh asks again
      script.remove();
      reject(new Error("plotly.js did not load from " + url));
    };
    document.head.append(script);
  });
  return window.candorPlotly;
}

// The page's theme as plotly needs it: colours spelled out, since plotly does not resolve CSS variables.
function plotlyTheme(element) {
  const style = getComputedStyle(element);
  const read = (name, fallback) => style.getPropertyValue("--st-" + name).trim() || fallback;
  return {
    background: read("background-color", "#ffffff"),
    text: read("text-color", "#1a2230"),
    border: read("border-color", "#ccd4df"),
    font: read("font", "sans-serif"),
    green: read("green-color", "#0b7a50"),
    red: read("red-color", "#c4202f"),
    blue: read("blue-color", "#1f66c7"),
    gray: read("gray-color", "#586274"),
    yellow: read("yellow-color", "#8a5a00"),
  };
}

function withOpacity(hex, opacity) {
  const value = parseInt(hex.slice(1, 7), 16);
  return /^#[0-9a-f]{6}/i.test(hex)
    ? `rgba(${value >> 16}, ${(value >> 8) & 255}, ${value & 255}, ${opacity})`
    : hex;
}
