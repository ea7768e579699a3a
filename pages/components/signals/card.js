// One signal as a card: the move first, then the side, the levels and what the model's test proves. Weak models and
// coins without a signal take one line.

import { make, makeShares, makeSilent } from "../shared/dom.js";
import { proof } from "../shared/answers.js";
import { bands, directions, proofs, severities, sides } from "../shared/looks.js";
import { rememberList } from "../shared/coin_list.js";
import { meter, quietened, quietenedBy, usualText, usualTitle } from "../shared/meter.js";
import { leadsThere } from "../shared/navigation.js";
import { makeStar } from "../shared/watchlist.js";
import { sparkline } from "./sparkline.js";
import { say } from "../shared/speech.js";

const explained = new Set(); // keys of cards whose reasons are open, also where Streamlit draws the board from nothing

export function keyOf(card) {
  return `${card.symbol} ${card.timeframe}`;
}

/** Whether a card is one line in the list below the others. */
export function isQuiet(card) {
  return Boolean(card.weak) || !card.direction;
}

export function emptyCard(card) {
  const drawn = {
    element: make("li", "card"),
    link: make("a", "open"),
    body: make("div", "body"),
    why: make("button", "why"),
    reasons: make("div", "reasons"),
    card,
  };
  drawn.link.href = `coin?symbol=${encodeURIComponent(card.symbol)}&timeframe=${encodeURIComponent(card.timeframe)}`;
  leadsThere(drawn.link, rememberList);
  drawn.element.dataset.symbol = card.symbol;
  drawn.why.type = "button";
  drawn.why.onclick = () => {
    if (drawn.reasons.hidden) explained.add(keyOf(card));
    else explained.delete(keyOf(card));
    showReasons(drawn, drawn.reasons.hidden);
  };
  showReasons(drawn, explained.has(keyOf(card)));
  drawn.element.append(drawn.link, makeStar(card.symbol, card.coin), drawn.body, drawn.why, drawn.reasons);
  return drawn;
}

/** They are made once somebody asks for them: of 34 coins hardly one is opened. */
function showReasons(drawn, shown) {
  drawn.reasons.hidden = !shown;
  drawn.why.setAttribute("aria-expanded", String(shown));
  tellReasons(drawn);
}

function tellReasons({ reasons, card }) {
  if (reasons.hidden) return reasons.replaceChildren();
  const besideDoubt = card.word && card.accuracy !== card.word && card.accuracy && !isQuiet(card)
    ? [make("p", "", `${card.accuracy}.`)]
    : [];
  const tested = card.skills ? [...Object.values(card.skills), card.elsewhere] : [];
  reasons.replaceChildren(
    ...(card.direction ? call(card) : []),
    ...tested.filter(Boolean).map((sentence) => make("p", "", sentence)),
    ...besideDoubt,
    ...reasonsOf(card).flatMap(reason),
  );
}

export function fill(drawn, card) {
  const classes = isQuiet(card)
    ? ["slim", card.broken ? "broken" : ""]
    : [quietened(card.move), card.stale ? "stale" : ""];
  drawn.element.className = ["card", ...classes].join(" ").trim();
  drawn.link.setAttribute("aria-label", spoken(card));
  drawn.body.replaceChildren(...(isQuiet(card) ? inOneLine(card) : inFull(card)));
  drawn.why.replaceChildren(...verdicts(card), makeSilent("span", "chevron", "›"));
  drawn.why.hidden = !card.direction && !card.problem;
  drawn.card = card;
  tellReasons(drawn);
  drawn.mark = undefined;
}

/** Mark that the band has changed at the newest close, or that it has not. */
export function markChange({ element, ...drawn }, card, from) {
  const text = from ? `${bands[from].word} → ${bands[card.move.band].word}` : "";
  const there = element.querySelector(".changed");
  there?.replaceChildren(...(text ? [say("NEW"), make("span", "wide", ` ${text}`)] : []));
  if (there) there.title = text;
  drawn.link.setAttribute(
    "aria-label",
    from ? say("{card}. New: {change}", { card: spoken(card), change: text }) : spoken(card),
  );
}

/** What the link to the coin says of the whole card. */
export function spoken(card) {
  const name = `${card.name} ${card.timeframe}`;
  if (!card.direction) return say("{name}: {said}", { name, said: card.problem?.word ?? say("loading") });
  const { move, side } = card;
  const parts = [
    say("{move}: {share}, {usual}, timing {proof}", {
      move: move.text,
      share: move.share,
      usual: usualText(move),
      proof: proofs[move.proof].word,
    }),
    say("{side}, side {proof}", { side: sideText(card), proof: proofs[side.proof].word }),
    callsText(card),
    card.word,
    card.accuracy === card.word ? null : card.accuracy,
  ];
  return say("{name}: {said}", { name, said: parts.filter(Boolean).join(say(". ")) });
}

/** A clear side beside a call of no trade would read as two answers to one question: it is the answer to "if it moves". */
export function sideText({ direction, side: { text, strength } }) {
  return strength === "clear" && direction === "NO_TRADE" ? say("{side} if it moves", { side: text }) : text;
}

function callsText({ direction, confidence }) {
  return say("calls {direction} {confidence}", { direction: directions[direction].word, confidence });
}

function shortCall({ direction, confidence }) {
  return `${directions[direction].glyph} ${directions[direction].word} ${confidence}`;
}

// ---------------------------------------------------------------- in full

function inFull(card) {
  return [head(card), ...move(card.move), side(card), levels(card)];
}

function head(card) {
  const way = { true: "rising", false: "falling" }[card.rising] ?? "";
  const change = make("span", `change ${way}`, card.change);
  change.title = say("Change in 24 hours");
  const name = make("span", "name", card.name);
  name.title = card.name;
  return make(
    "div",
    "head",
    make("span", "coin", card.coin),
    name,
    sparkline(card.sparkline),
    make("span", "price", card.price),
    change,
  );
}

function move(said) {
  const { text, share, usual, hour } = said;
  const usually = make("span", "often", make("span", "", say("usually {usual}", { usual })));
  if (hour) usually.append(make("span", "", say("this hour {share}", { share: hour.share })));
  usually.title = usualTitle(said);
  return [
    make("div", "moves", text, make("span", "changed")),
    make("div", "likely", make("strong", "share", share), usually, bandWord(said)),
    meter(said),
  ];
}

function bandWord(said) {
  const word = make("span", "band", bands[said.band].word);
  word.title = quietenedBy(said);
  return word;
}

function side(card) {
  const { strength, name, long, short } = card.side;
  const text = sideText(card);
  const said = strength === "clear"
    ? make("span", `badge ${name}`, `${sides[name].glyph} ${text}`)
    : make("span", "said", text);
  const calls = make("span", "calls", make("span", "wide", callsText(card)), make("span", "tight", shortCall(card)));
  calls.title = [callsText(card), say("The largest of the three probabilities")].join("\n");
  said.title = say("If it moves: LONG {long}, SHORT {short}", { long, short });
  return make("div", `side ${strength}${text === card.side.text ? "" : " given"}`, said, calls);
}

/** `+1.28/+2.57/+3.85 %`: one sign for all of them, as a card has no room for three. */
export function targetsText(targets) {
  return targets.map((target, i) => i === targets.length - 1 ? target : target.replace(/\s*%$/, "")).join("/");
}

/** A side that is clear has its levels; until then there are only the two prices that end the wait. */
function levels({ bracket, levels: { shown, stop, tp1, tp2, tp3 } }) {
  const named = shown ? [[say("Stop"), stop], ["TP", targetsText([tp1, tp2, tp3])]] : [[say("Bracket"), bracket]];
  const pairs = named.map(([name, value]) => make("span", "pair", make("span", "label", name), " ", value));
  const made = make("div", "levels", ...pairs);
  made.title = shown ? say("Distances from the entry") : say("Touching either price is the move");
  return made;
}

// ---------------------------------------------------------------- in one line

function inOneLine(card) {
  const word = card.problem?.word ?? card.word ?? say("Waiting for candles…");
  const said = card.broken ? say("Broken model") : word;
  const glyph = card.broken ? severities.broken.glyph : card.weak ? severities.critical.glyph : "○";
  const likely = card.move
    ? [
      make("span", "likely", say("Move {share}, {usual}", { share: card.move.share, usual: usualText(card.move) })),
    ]
    : [];
  return [
    make("span", "coin", card.coin),
    make("span", "word", makeSilent("span", "glyph", glyph), ` ${said}`),
    ...(card.accuracy ? [make("span", "accuracy", card.accuracy)] : []),
    ...likely,
  ];
}

// ---------------------------------------------------------------- why

const IN_SHORT = { worse: say("worse") }; // than none: the gravest of all is not to be cut

function verdicts(card) {
  if (isQuiet(card)) return [make("span", "heard", say("Why: {coin}", { coin: card.coin }))];
  const { skills, elsewhere } = card;
  const timing = proof(say("Timing"), card.move.proof, [skills?.timing, elsewhere], IN_SHORT[card.move.proof]);
  const side = proof(say("Side"), card.side.proof, [skills?.side, elsewhere], IN_SHORT[card.side.proof]);
  const both = make("span", "proofs", timing, side);
  const accuracy = card.accuracy ?? say("never tested");
  const doubt = card.word ? [make("span", `doubt ${card.severity}`, `! ${card.word}`)] : [];
  const right = card.word === accuracy ? [] : [make("span", card.noted ? "accuracy noted" : "accuracy", accuracy)];
  const basis = make("span", "basis", ...doubt, ...right);
  basis.title = accuracy;
  return [both, basis];
}

/** The call in full: three probabilities, and the levels it would have. */
function call({ move: { hour }, probabilities, levels, eta, until, expired }) {
  const named = Object.entries(directions).map(([name, { glyph }], place) => ({
    name,
    glyph,
    text: probabilities[place],
  }));
  return [
    makeShares("div", "bar", "part", named.map(({ name, text }) => [name, parseFloat(text)])),
    make(
      "div",
      "shares",
      ...named.map(({ name, glyph, text }) =>
        make(
          "span",
          `share ${name}`,
          makeSilent("span", "glyph", glyph),
          make("span", "heard", directions[name].word),
          ` ${text}`,
        )
      ),
    ),
    make("p", "", levelsText({ ...levels, eta })),
    ...(hour ? [make("p", "", hour.told)] : []),
    make("p", "", expired ? say("Expired.") : say("Holds until {until}.", { until })),
  ];
}

/** The levels of a side that is clear, proven and called; until the reader picks one elsewhere there are both barriers alone. */
export function levelsText({ side, shown, ...levels }) {
  if (shown) {
    return say("As a {side}: stop {stop}, TP1 {tp1}, TP2 {tp2}, TP3 {tp3}; TP1 in about {eta}.", {
      side: directions[side].word,
      ...levels,
    });
  }
  return say(
    "No side is clear, proven and called: both barriers are shown, reached in about {eta} if at all. Stop and take profits are on the coin's page.",
    levels,
  );
}

function reasonsOf(card) {
  return card.reasons ?? card.problem?.reasons ?? [];
}

function reason({ text, command }) {
  return [make("p", "", text), ...(command ? [make("code", "", command)] : [])];
}
