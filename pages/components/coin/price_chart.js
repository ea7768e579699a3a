// One coin's candles with the levels of its signal. Redrawn by Plotly.react when the board changes; what the
// reader zoomed to is kept here, so no refresh ever moves it.

const CHARTS = new WeakMap(); // plot element -> its state
const LABEL_GAP = 19; // pixels between two level labels
const ZOOM_STEP = 0.6;

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".price-chart");
  const plot = root.querySelector(".plot");
  const chart = CHARTS.get(plot) ?? newChart(root, plot);
  if (chart.data?.key !== data.key) {
    chart.range = null;
    chart.inspected = null;
  }
  chart.data = data;
  plot.setAttribute("aria-label", data.summary);
  root.querySelector(".key").textContent = data.key_line;
  loadPlotly(data.script).then(
    (Plotly) => {
      chart.Plotly = Plotly;
      redraw(chart);
    },
    () => {
      root.querySelector(".message").textContent =
        "The chart could not be loaded from this server. Reload the page to try again; the levels are in the table below.";
    },
  );
  return () => {
    chart.observer.disconnect();
    CHARTS.delete(plot);
    chart.Plotly?.purge(plot);
  };
}

function newChart(root, plot) {
  const chart = { root, plot, data: null, range: null, inspected: null, Plotly: null };
  CHARTS.set(plot, chart);
  let width = plot.clientWidth;
  chart.observer = new ResizeObserver(() => {
    if (plot.clientWidth === width) return;
    width = plot.clientWidth;
    redraw(chart);
  });
  chart.observer.observe(plot);
  const actions = {
    earlier: () => pan(chart, -0.4),
    later: () => pan(chart, 0.4),
    closer: () => zoom(chart, ZOOM_STEP),
    wider: () => zoom(chart, 1 / ZOOM_STEP),
    latest: () => show(chart, null),
  };
  for (const button of root.querySelectorAll(".tools button")) button.onclick = actions[button.dataset.action];
  plot.onkeydown = (event) => {
    const action = {
      ArrowLeft: event.shiftKey ? actions.earlier : () => inspectNext(chart, -1),
      ArrowRight: event.shiftKey ? actions.later : () => inspectNext(chart, 1),
      "+": actions.closer,
      "=": actions.closer,
      "-": actions.wider,
      0: actions.latest,
      Home: actions.latest,
    }[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  };
  return chart;
}

function redraw(chart) {
  const { Plotly, plot, data } = chart;
  if (!Plotly || !data || !plot.clientWidth) return;
  if (plot._dragging) {
    chart.postponed = true; // drawn when the reader lets go
    return;
  }
  const first = !plot.data;
  const { traces, layout } = figure(chart);
  const touch = matchMedia("(pointer: coarse)").matches;
  layout.dragmode = touch ? false : "pan"; // on touch screens a swipe scrolls the page
  Plotly.react(plot, traces, layout, { displayModeBar: false, doubleClick: false, scrollZoom: false });
  if (first) listen(chart);
  tell(chart, chart.inspected ?? data.at.length - 1);
  plot.dataset.drawn = data.key;
}

function listen(chart) {
  const { plot } = chart;
  plot.on("plotly_relayout", (change) => {
    if ("xaxis.range[0]" in change) {
      chart.range = plot.layout.xaxis.range.map(Number.isFinite(plot.layout.xaxis.range[0]) ? Number : utc);
      redraw(chart);
    } else if (chart.postponed) {
      redraw(chart);
    }
    chart.postponed = false;
  });
  plot.on("plotly_doubleclick", () => show(chart, null));
  plot.on("plotly_hover", ({ points }) => tell(chart, points[0].pointNumber));
  plot.on("plotly_unhover", () => tell(chart, chart.data.at.length - 1));
}

// plotly writes dates as "2025-08-31 14:00" in UTC
function utc(text) {
  return Date.parse(text.replace(" ", "T") + (text.length > 10 ? "Z" : ""));
}

// ------------------------------------------------------------ what is shown

function show(chart, range) {
  chart.range = range;
  redraw(chart);
}

function openTime(data, i) {
  return data.start + data.at[i] * data.step;
}

function extent(data) {
  const newest = openTime(data, data.at.length - 1) + data.step;
  return [openTime(data, 0), Math.max(newest + data.step, data.signal?.horizon ?? 0) + data.step];
}

function visibleRange(chart) {
  if (chart.range) return chart.range;
  const [oldest, end] = extent(chart.data);
  const candles = Math.min(150, Math.round(chart.plot.clientWidth / 4.5));
  return [Math.max(oldest, end - candles * chart.data.step), end];
}

function pan(chart, share) {
  const [a, b] = visibleRange(chart);
  moveTo(chart, a + (b - a) * share, b + (b - a) * share);
}

function zoom(chart, factor) {
  const [a, b] = visibleRange(chart);
  const [oldest, end] = extent(chart.data);
  const span = Math.min(Math.max((b - a) * factor, 12 * chart.data.step), end - oldest);
  moveTo(chart, b - span, b);
}

function moveTo(chart, a, b) {
  const [oldest, end] = extent(chart.data);
  const shift = Math.max(oldest - a, 0) + Math.min(end - b, 0);
  show(chart, [a + shift, b + shift]);
}

function inspectNext(chart, step) {
  const newest = chart.data.at.length - 1;
  const i = Math.min(Math.max((chart.inspected ?? newest) + step, 0), newest);
  chart.inspected = i;
  const [a, b] = visibleRange(chart);
  const time = openTime(chart.data, i);
  if (time < a) moveTo(chart, time, time + b - a);
  else if (time + chart.data.step > b) moveTo(chart, time + chart.data.step - (b - a), time + chart.data.step);
  chart.Plotly?.Fx.hover(chart.plot, [{ curveNumber: 0, pointNumber: i }]);
  tell(chart, i);
}

// ------------------------------------------------------------ the figure

function figure(chart) {
  const { data, plot } = chart;
  const theme = plotlyTheme(plot);
  const x = data.at.map((_, i) => openTime(data, i) + data.step / 2); // a candle's body lies between open and close time
  const [a, b] = visibleRange(chart);
  const rising = data.close.map((close, i) => close >= data.open[i]);
  const prices = priceRange(data, a, b);
  const narrow = plot.clientWidth < 560;
  const traces = [
    {
      type: "candlestick",
      x,
      open: data.open,
      high: data.high,
      low: data.low,
      close: data.close,
      increasing: { line: { color: theme.green, width: 1 }, fillcolor: theme.green },
      decreasing: { line: { color: theme.red, width: 1 }, fillcolor: theme.background },
      hoverinfo: "none",
      showlegend: false,
    },
    {
      type: "bar",
      x,
      y: data.volume,
      yaxis: "y2",
      width: data.step * 0.7,
      marker: { color: rising.map((up) => withOpacity(up ? theme.green : theme.red, 0.45)) },
      hoverinfo: "skip",
      showlegend: false,
    },
  ];
  const axis = {
    gridcolor: withOpacity(theme.text, 0.08),
    zeroline: false,
    tickfont: { color: theme.text },
    showspikes: true,
    spikemode: "across",
    spikesnap: "cursor",
    spikethickness: -1,
    spikecolor: withOpacity(theme.text, 0.35),
    spikedash: "dot",
  };
  const layout = {
    uirevision: data.key,
    margin: { l: narrow ? 4 : 56, r: labelWidth(data), t: 8, b: 34 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.font, size: 11, color: theme.text },
    hovermode: "x",
    bargap: 0.2,
    xaxis: { ...axis, type: "date", range: [a, b], rangeslider: { visible: false }, nticks: narrow ? 3 : 9, tickangle: 0, anchor: "y2" },
    yaxis: {
      ...axis,
      domain: [0.2, 1],
      range: prices,
      fixedrange: true,
      side: "left",
      ticklabelposition: narrow ? "inside top" : "outside",
      tickformat: `,.${data.decimals}~f`,
      nticks: 7,
    },
    yaxis2: {
      domain: [0, 0.15],
      range: [0, highestVolume(data, a, b) * 1.05],
      fixedrange: true,
      showgrid: false,
      showticklabels: false,
      zeroline: false,
    },
    shapes: [],
    annotations: [
      note("Volume", { x: 0, xref: "paper", xanchor: "left", y: 0.16, yref: "paper", yanchor: "bottom", size: 10, theme }),
    ],
    showlegend: false,
  };
  if (data.signal) drawSignal(chart, layout, theme, prices);
  return { traces, layout };
}

function priceRange(data, a, b) {
  let low = Infinity;
  let high = -Infinity;
  data.at.forEach((_, i) => {
    const time = openTime(data, i);
    if (time + data.step < a || time > b) return;
    low = Math.min(low, data.low[i]);
    high = Math.max(high, data.high[i]);
  });
  if (data.signal && b > data.signal.from) {
    for (const level of data.signal.levels) {
      low = Math.min(low, level.price);
      high = Math.max(high, level.price);
    }
  }
  if (low > high) [low, high] = [data.low.at(-1), data.high.at(-1)];
  const room = (high - low || high * 0.01) * 0.06;
  return [low - room, high + room];
}

function highestVolume(data, a, b) {
  const shown = data.volume.filter((_, i) => openTime(data, i) + data.step >= a && openTime(data, i) <= b);
  return Math.max(...shown, 0) || 1;
}

function note(text, { theme, size = 11, ...place }) {
  return { text, showarrow: false, font: { size, color: theme.text, family: theme.font }, ...place };
}

function drawSignal(chart, layout, theme, prices) {
  const { signal, decimals } = chart.data;
  const strength = signal.hypothetical ? 0.55 : 1;
  const colours = { target: theme.green, stop: theme.red, entry: theme.blue };
  const colour = (level) => (signal.hypothetical ? theme.gray : colours[level.kind]);

  layout.shapes.push(
    band(signal.from, signal.horizon, withOpacity(theme.blue, 0.06)),
    band(signal.from, signal.valid, withOpacity(theme.blue, 0.14)),
  );
  const labels = spread(
    signal.levels.map((level) => level.price),
    prices,
    (chart.plot.clientHeight - layout.margin.t - layout.margin.b) * 0.8,
  );
  signal.levels.forEach((level, i) => {
    const dash = level.kind === "entry" ? "solid" : signal.hypothetical ? "dot" : "dash";
    const line = { type: "line", xref: "x", yref: "y", y0: level.price, y1: level.price };
    layout.shapes.push(
      { ...line, xref: "paper", x0: 0, x1: 1, line: { color: withOpacity(colour(level), 0.3), width: 1, dash: "dot" } },
      { ...line, x0: signal.from, x1: signal.horizon, opacity: strength, line: { color: colour(level), width: 2, dash } },
    );
    if (level.price < prices[0] || level.price > prices[1]) return;
    layout.annotations.push({
      x: 1,
      xref: "paper",
      xanchor: "left",
      xshift: 4,
      y: level.price,
      yref: "y",
      yshift: labels[i],
      text: labelText(level, decimals),
      showarrow: false,
      align: "left",
      font: { size: 11, color: theme.background, family: theme.font },
      bgcolor: colour(level),
      borderpad: 2,
    });
  });
}

function labelText(level, decimals) {
  return `<b>${level.short}</b> ${price(level.price, decimals)}`;
}

// Room for the longest label, which hangs out of the plot to the right.
function labelWidth(data) {
  const texts = (data.signal?.levels ?? []).map((level) => labelText(level, data.decimals).length - "<b></b>".length);
  return Math.max(16, ...texts.map((length) => 14 + 6.6 * length));
}

function band(from, to, fillcolor) {
  return { type: "rect", xref: "x", yref: "paper", x0: from, x1: to, y0: 0.2, y1: 1, fillcolor, line: { width: 0 }, layer: "below" };
}

// How far, in pixels upwards, each label moves so that no two overlap and all stay inside the plot.
function spread(levels, [low, high], height) {
  const pixel = (value) => ((value - low) / (high - low)) * height;
  const order = levels.map((value, i) => ({ i, at: pixel(value) })).sort((p, q) => p.at - q.at);
  for (let k = 1; k < order.length; k++) order[k].at = Math.max(order[k].at, order[k - 1].at + LABEL_GAP);
  let ceiling = height - LABEL_GAP / 2;
  for (let k = order.length - 1; k >= 0; k--) {
    order[k].at = Math.min(order[k].at, ceiling);
    ceiling = order[k].at - LABEL_GAP;
  }
  const shifts = [];
  for (const { i, at } of order) shifts[i] = at - pixel(levels[i]);
  return shifts;
}

// ------------------------------------------------------------ the line of numbers above the plot

function price(value, decimals) {
  return value.toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

function tell(chart, i) {
  const { data, root } = chart;
  const time = new Date(openTime(data, i)).toISOString();
  const change = data.close[i] / data.open[i] - 1;
  const parts = [
    ["", `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`],
    ["O", price(data.open[i], data.decimals)],
    ["H", price(data.high[i], data.decimals)],
    ["L", price(data.low[i], data.decimals)],
    ["C", price(data.close[i], data.decimals)],
    ["", `${change < 0 ? "▼ −" : "▲ +"}${Math.abs(change * 100).toFixed(2)} %`, change < 0 ? "down" : "up"],
    ["Vol", data.volume[i].toLocaleString("en-GB", { notation: "compact", maximumSignificantDigits: 4 })],
  ];
  root.querySelector(".readout").replaceChildren(
    ...parts.map(([name, text, tone]) => {
      const part = document.createElement("span");
      if (tone) part.className = tone;
      if (name) {
        const label = document.createElement("span");
        label.className = "name";
        label.textContent = name + " ";
        part.append(label);
      }
      part.append(text);
      return part;
    }),
  );
}
