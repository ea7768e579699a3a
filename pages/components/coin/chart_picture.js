// The chart as a picture to take away, with what it shows written into it: nobody who gets it can take it for more.

import { saveBlob } from "../shared/dom.js";

const HEAD = 28; // pixels above the chart

/** `canvas` with `title` above it, in the page's colours; the canvas has `scale` of its pixels to one of the page. */
export function titled(canvas, title, theme, scale) {
  const picture = document.createElement("canvas");
  picture.width = canvas.width;
  picture.height = canvas.height + HEAD * scale;
  const context = picture.getContext("2d");
  context.fillStyle = theme.background;
  context.fillRect(0, 0, picture.width, picture.height);
  context.drawImage(canvas, 0, HEAD * scale);
  context.fillStyle = theme.text;
  context.textBaseline = "middle";
  context.font = `${fitting(title, canvas.width / scale) * scale}px ${theme.font}`;
  context.fillText(title, 10 * scale, (HEAD * scale) / 2);
  return picture;
}

/** The size of letters, at most 13 pixels, at which `title` fits into `width`: a letter is about half as wide as high. */
export function fitting(title, width) {
  return Math.min(13, (width - 20) / (title.length * 0.55));
}

/** `ETHUSDT_15m_20250903T1215.png`: what is shown, and up to when. */
export function fileName(key, moment, kind) {
  const time = new Date(moment).toISOString().slice(0, 16).replace(/[-:]/g, "");
  return `${key.replace(" ", "_")}_${time}.${kind}`;
}

export function saveCanvas(canvas, name) {
  canvas.toBlob((blob) => saveBlob(blob, name));
}
