// Hears from the server when the board says something new. Who can draw it without a run of the page's script says so;
// for all others the bar asks for one.

import { silenceWatch } from "./silence.js";

const PATIENCE = [500, 1000, 2000, 5000]; // milliseconds before the next try to reach the server

let newest = null; // the newest news, once there are some
let tries = 0;
let socket = null;
let drawer = null; // {element, draw} of the page that draws news by itself, and which it drew last
const hearers = new Map(); // element -> who hears for it

/** Call `hear` with all news from now on, for as long as `element` is on the page. */
export function hearNews(element, hear) {
  hearers.set(element, hear);
  if (socket === null) listen();
}

/** Tell `news` whoever still is on the page; the others are forgotten. */
export function tell(news, all = hearers) {
  for (const [element, hear] of [...all]) {
    if (element.isConnected) hear(news);
    else all.delete(element);
  }
}

/** The newest news; null before there are some. */
export function newestNews() {
  return newest;
}

/** What pages are drawn of now, as the news count it; null while they would not be heard of. */
export function drawnOf() {
  return socket?.readyState === WebSocket.OPEN ? newest?.drawn_of ?? null : null;
}

/** `draw` draws news by itself, for as long as `element` is on the page; it answers whether it could. */
export function drawsNews(element, draw) {
  drawer = { element, draw };
}

/**
 * Draw `news` without a run of the page's script, where the page can. What is drawn already is not fetched again: a board
 * is told of twice, when it is there and when the ledger has it.
 */
export async function drawnByThePage(news, current = drawer) {
  if (!current?.element.isConnected) return false;
  if (!current.drawing || current.of !== news.drawn_of) {
    current.of = news.drawn_of;
    current.drawing = Promise.resolve(news).then(current.draw);
  }
  const { drawing } = current;
  const drawn = await drawing.catch(() => false); // the server went away: a run is asked for, and comes once it is back
  if (!drawn && current.drawing === drawing) current.drawing = null;
  return drawn;
}

const silenceHearers = new Set();
const silence = silenceWatch((silent) => {
  if (silent) listenAnew();
  for (const hear of silenceHearers) hear();
});

/** Whether the server has fallen silent, on a connection that it never closed. */
export function isSilent() {
  return silence.isSilent();
}

/** `hear` is called whenever that changes. */
export function onSilence(hear) {
  silenceHearers.add(hear);
}

/** How long to wait before the next of `tries` to reach the server. */
export function patience(tries) {
  return PATIENCE[Math.min(tries, PATIENCE.length - 1)];
}

function listen() {
  const address = new URL("live/news", document.baseURI);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(address);
  socket.onmessage = ({ data }) => {
    tries = 0;
    silence.heard();
    newest = JSON.parse(data);
    tell(newest);
  };
  socket.onclose = () => {
    silence.closed();
    setTimeout(listen, patience(tries++));
  };
}

function listenAnew() {
  socket.onclose = socket.onmessage = null;
  socket.close();
  listen();
}
