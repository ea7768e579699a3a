// The timeframes of one coin as buttons; a click tells the page which one to show.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  const cards = root.querySelector(".cards") ?? element("div", "cards");
  if (!cards.isConnected) root.replaceChildren(cards);
  data.forEach((card, i) => {
    // A button is kept when its content changes, so that a refresh does not take the focus away.
    const button = cards.children[i] ?? cards.appendChild(element("button"));
    button.type = "button";
    button.className = "card";
    button.replaceChildren(...(card.problem ? withoutSignal(card) : withSignal(card)));
    if (card.shown) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    button.onclick = () => card.shown || setTriggerValue("chosen", card.timeframe);
  });
  while (cards.children.length > data.length) cards.lastChild.remove();
}

function element(tag, className = "", ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function marked(className, glyph, word) {
  const mark = element("span", "glyph", glyph);
  mark.ariaHidden = "true";
  return element("span", className, mark, " " + word);
}

function withoutSignal(card) {
  return [
    element("span", "row", element("span", "timeframe", card.timeframe), element("span", "direction", card.problem)),
    element("span", "small", card.explanation),
  ];
}

function withSignal(card) {
  const segments = element("span", "segments");
  segments.ariaHidden = "true";
  for (const [name, share] of card.shares) {
    const segment = element("span", name);
    segment.style.flexGrow = share;
    segments.append(segment);
  }
  return [
    element(
      "span",
      "row",
      element("span", "timeframe", card.timeframe),
      marked("direction " + card.direction.name, card.direction.glyph, card.direction.word),
      element("span", "confidence", card.confidence),
    ),
    segments,
    marked("badge " + card.trust.tone, card.trust.glyph, card.trust.word),
    element("span", "small", card.accuracy),
  ];
}
