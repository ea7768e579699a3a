// The position that loses a chosen share of an account if the stop is touched. What is typed stays in this browser.

import { make, setText } from "../shared/dom.js";
import { keep, kept } from "../shared/storage.js";
import { say } from "../shared/speech.js";

const NAME = "position";
const FIRST = { account: "", risk: "1" };

const panels = new WeakMap(); // root element -> what has been drawn into it

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root");
  const panel = panels.get(root) ?? begin(root);
  panel.trade = data;
  setText(panel.accountName, say("Account, {quote}", { quote: data.quote }));
  setText(panel.title, say("Position size, {side}", { side: data.side }));
  draw(panel);
}

function begin(root) {
  const panel = {
    title: make("h3", ""),
    account: field(say("Account")),
    risk: field(say("Risk, %")),
    answer: make("div", "answer"),
  };
  panel.accountName = panel.account.label.firstChild;
  const typed = lastTyped();
  for (const name of ["account", "risk"]) {
    panel[name].input.value = typed[name];
    panel[name].input.oninput = () => {
      keep(NAME, { account: panel.account.input.value, risk: panel.risk.input.value });
      draw(panel);
    };
  }
  panel.answer.setAttribute("role", "status");
  const note = say(
    "Nothing is traded, and what you type stays in this browser. Spread, slippage and funding are not counted.",
  );
  root.replaceChildren(
    make(
      "section",
      "position",
      panel.title,
      make("div", "fields", panel.account.label, panel.risk.label),
      panel.answer,
      make("p", "note", note),
    ),
  );
  panels.set(root, panel);
  return panel;
}

function field(name) {
  const input = make("input", "");
  Object.assign(input, { type: "text", inputMode: "decimal", autocomplete: "off", maxLength: 20 });
  return { input, label: make("label", "", make("span", "", name), input) };
}

function draw(panel) {
  const { account, risk } = panel;
  const asked = { account: account.input.value, risk: risk.input.value };
  const problem = problemOf(asked);
  for (const [name, { input }] of Object.entries({ account, risk })) {
    input.setAttribute("aria-invalid", String(problem?.field === name && asked[name].trim() !== ""));
  }
  if (problem) panel.answer.replaceChildren(make("p", "problem", problem.text));
  else {panel.answer.replaceChildren(
      ...lines(positionOf(amount(asked.account), amount(asked.risk), panel.trade), panel.trade),
    );}
}

function lines({ size, value, times, lost, fees, won, reward }, { coin, quote }) {
  const named = [
    [say("Size"), `${short(size)} ${coin}`],
    [say("Value"), valueText(`${money(value)} ${quote}`, times)],
    [
      say("The stop costs"),
      say("{lost} {quote} (1 R), {fees} of it fees", { lost: money(lost), quote, fees: money(fees) }),
    ],
    [
      say("Take profit 1 brings"),
      say("{won} {quote} after fees ({reward} R)", { won: money(won), quote, reward: signed(reward) }),
    ],
  ];
  return [make("dl", "", ...named.flatMap(([name, text]) => [make("dt", "", name), make("dd", "", text)]))];
}

function valueText(value, times) {
  return times > 1 ? say("{value}, {times} × the account", { value, times: times.toFixed(1) }) : value;
}

// ---------------------------------------------------------------- what is computed

/** A number as people write it, `10,000.50` or `10 000`; NaN where it is none. In `0,050` the comma separates no thousands. */
export function amount(text) {
  const written = text.trim();
  const inGroups = /^[1-9]\d{0,2}([, \u00a0]\d{3})+(\.\d+)?$/.test(written);
  const plain = inGroups ? written.replace(/[, \u00a0]/g, "") : written;
  return /^\d+(\.\d+)?$|^\.\d+$/.test(plain) ? Number(plain) : NaN;
}

/** What is wrong with what was typed, and what is expected; undefined where nothing is. */
export function problemOf({ account, risk }) {
  if (!account.trim()) return { field: "account", text: say("Write how much the account holds, such as 10,000.") };
  if (!(amount(account) > 0)) {
    return {
      field: "account",
      text: say("“{account}” is no account: write an amount above 0, such as 10,000.", { account }),
    };
  }
  if (!(amount(risk) > 0 && amount(risk) <= 100)) {
    return {
      field: "risk",
      text: say("“{risk}” is no risk: write a percentage above 0 and up to 100, such as 1 or 0.5.", { risk }),
    };
  }
}

/**
 * The position that loses `risk` percent of `account` at the stop, fees of both sides of the trade included: 1 R.
 * `times` is its value over the account, `won` what the first target brings after fees, and `reward` that in R.
 */
export function positionOf(account, risk, { entry, stop, target, fee }) {
  const lost = account * risk / 100;
  const size = lost / (Math.abs(entry - stop) + fee * (entry + stop));
  const won = size * (Math.abs(target - entry) - fee * (entry + target));
  return {
    size,
    value: size * entry,
    times: size * entry / account,
    lost,
    fees: size * fee * (entry + stop),
    won,
    reward: won / lost,
  };
}

/** Four digits at least, and all of those before the point. */
export function short(number) {
  const digits = Math.abs(number) >= 1000 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 4 };
  return number.toLocaleString("en", digits);
}

/** Two decimals, and none from a thousand on; of less than a hundredth that it is so little. */
export function money(number) {
  if (number && Math.abs(number) < 0.01) return `${number < 0 ? "−" : ""}<\u00a00.01`;
  const digits = Math.abs(number) >= 1000 ? 0 : 2;
  const text = Math.abs(number).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${number < 0 ? "−" : ""}${text}`;
}

export function signed(number) {
  const text = Math.abs(number).toFixed(2);
  return Number(text) === 0 ? text : `${number < 0 ? "−" : "+"}${text}`;
}

// ---------------------------------------------------------------- what this browser keeps

/** What was typed last; whatever else stands in its place counts as nothing. */
export function lastTyped() {
  return kept(NAME, typedIn, FIRST);
}

function typedIn({ account, risk }) {
  return typeof account === "string" && typeof risk === "string" ? { account, risk } : undefined;
}
