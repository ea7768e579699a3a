// The grid of signal cards. Python sends what each card says; this file decides only where it stands.
// All text is set with textContent: nothing that is sent can become markup.

const grids = new WeakMap() // root element -> what has been drawn into it

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root")
  if (data.skeletons) {
    root.replaceChildren(skeletons(data.skeletons))
    return
  }
  const grid = grids.get(root) ?? begin(root)
  grid.open = card => setTriggerValue("opened", { symbol: card.symbol, timeframe: card.timeframe })
  grid.looks = data.looks
  for (const [name, look] of Object.entries(data.looks.directions)) root.style.setProperty(`--${name}`, look.colour)
  for (const [name, look] of Object.entries(data.looks.severities)) root.style.setProperty(`--${name}`, look.colour)
  drawSummary(grid, data)
  drawCards(grid, data.cards)
  tick(grid)
  return () => clearInterval(grid.timer)
}

function begin(root) {
  const grid = {
    summary: make("div", "summary"),
    list: make("ul", "cards"),
    cards: new Map(), // symbol and timeframe -> the drawn card
  }
  grid.summary.setAttribute("role", "status")
  grid.list.setAttribute("role", "list")
  grid.list.onkeydown = event => moveFocus(grid, event)
  grid.timer = setInterval(() => tick(grid), 1000)
  root.replaceChildren(grid.summary, grid.list)
  grids.set(root, grid)
  return grid
}

// ---------------------------------------------------------------- summary

function drawSummary(grid, { cards, total, counts }) {
  const text = JSON.stringify([cards.length, total, counts])
  if (grid.summarised === text) return
  grid.summarised = text
  const shown = make("span", "shown", cards.length === total ? `${total} coins` : `${cards.length} of ${total} coins`)
  const parts = ["LONG", "NO_TRADE", "SHORT"].map(name => {
    const look = grid.looks.directions[name]
    return make("span", `count ${name}`, make("span", "glyph", look.glyph), ` ${counts[name]} ${look.word}`)
  })
  const silent = cards.length - Object.values(counts).reduce((sum, count) => sum + count, 0)
  if (silent) parts.push(make("span", "count silent", `${silent} without a signal`))
  grid.summary.replaceChildren(shown, ...parts)
}

// ---------------------------------------------------------------- cards

function drawCards(grid, cards) {
  const focused = grid.list.getRootNode().activeElement
  const wanted = cards.map(card => {
    const key = `${card.symbol} ${card.timeframe}`
    const drawn = grid.cards.get(key) ?? emptyCard(grid, key)
    const content = JSON.stringify(card)
    if (drawn.content !== content) {
      drawn.content = content
      drawn.card = card
      fill(drawn, grid.looks)
    }
    return drawn
  })
  const keep = new Set(wanted)
  for (const [key, drawn] of grid.cards) {
    if (!keep.has(drawn)) {
      drawn.item.remove()
      grid.cards.delete(key)
    }
  }
  wanted.forEach((drawn, place) => {
    if (grid.list.children[place] !== drawn.item) grid.list.insertBefore(drawn.item, grid.list.children[place] ?? null)
  })
  // A card that moved lost its focus on the way.
  if (focused?.isConnected && focused !== grid.list.getRootNode().activeElement) focused.focus({ preventScroll: true })
}

function emptyCard(grid, key) {
  const drawn = {
    item: make("li", "card"),
    link: make("a", "open"),
    body: make("div", "body"),
    why: make("button", "why"),
    reasons: make("div", "reasons"),
  }
  drawn.link.onclick = event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return // a new tab or window, as with any link
    event.preventDefault()
    grid.open(drawn.card)
  }
  drawn.why.type = "button"
  drawn.why.onclick = () => {
    drawn.reasons.hidden = !drawn.reasons.hidden
    drawn.why.setAttribute("aria-expanded", String(!drawn.reasons.hidden))
  }
  drawn.reasons.hidden = true
  drawn.why.setAttribute("aria-expanded", "false")
  drawn.item.append(drawn.link, drawn.body, drawn.why, drawn.reasons)
  grid.cards.set(key, drawn)
  return drawn
}

function fill(drawn, looks) {
  const { card } = drawn
  const severity = card.trust?.severity ?? "none"
  drawn.item.className = ["card", severity, card.direction ?? "silent", card.trust?.stale ? "stale" : ""].join(" ")
  drawn.link.href = `coin?symbol=${encodeURIComponent(card.symbol)}&timeframe=${encodeURIComponent(card.timeframe)}`
  drawn.link.setAttribute("aria-label", spoken(card, looks))
  drawn.body.replaceChildren(head(card), ...(card.direction ? call(card, looks) : silence(card)))
  drawn.valid = drawn.body.querySelector(".valid")
  const reasons = card.trust?.reasons ?? card.problem?.reasons ?? []
  drawn.why.replaceChildren(...verdict(card, looks, reasons.length > 0))
  drawn.why.disabled = reasons.length === 0
  drawn.why.hidden = !card.trust && !card.problem
  drawn.reasons.replaceChildren(...reasons.flatMap(reason))
}

function spoken(card, looks) {
  const call = card.direction ? `${looks.directions[card.direction].word}, ${card.confidence} confidence` : card.problem?.word ?? "loading"
  const trust = card.trust ? `. ${[card.trust.word, card.trust.accuracy].filter(Boolean).join(", ")}` : ""
  return `${card.name} ${card.timeframe}: ${call}${trust}`
}

function head(card) {
  const change = make("span", `change ${card.rising === null ? "" : card.rising ? "rising" : "falling"}`, card.change)
  change.title = "Change in 24 hours"
  return make(
    "div",
    "head",
    make("span", "names", make("span", "coin", card.coin), make("span", "name", card.name)),
    sparkline(card),
    make("span", "prices", make("span", "price", card.price), change),
  )
}

function call(card, looks) {
  const look = looks.directions[card.direction]
  return [
    make(
      "div",
      "call",
      make("span", "badge", make("span", "glyph", look.glyph), ` ${look.word}`),
      make("span", "confidence", card.confidence),
      valid(),
    ),
    bar(card),
    make(
      "div",
      "shares",
      ...card.probabilities.map(p => make("span", `share ${p.direction}`, make("span", "glyph", looks.directions[p.direction].glyph), ` ${p.text}`)),
    ),
    levels(card),
  ]
}

function valid() {
  const element = make("span", "valid")
  element.title = "Time until the next candle closes and this signal is replaced"
  return element
}

function bar(card) {
  const element = make("div", "bar")
  for (const p of card.probabilities) {
    const part = make("span", `part ${p.direction}`)
    part.style.flexGrow = p.share
    element.append(part)
  }
  element.setAttribute("aria-hidden", "true") // the numbers below it say the same
  return element
}

function levels(card) {
  const { side, hypothetical, stop, tp1, tp2, tp3 } = card.levels
  const cells = [["Stop", stop], ["TP1", tp1], ["TP2", tp2], ["TP3", tp3]].map(([name, value]) =>
    make("span", "level", make("span", "label", name), make("span", "value", value)),
  )
  const element = make("div", hypothetical ? "levels hypothetical" : "levels", ...cells)
  const note = hypothetical ? `if it breaks ${side === "LONG" ? "upwards" : "downwards"}, TP1 in ~${card.eta}` : `TP1 in ~${card.eta}`
  element.append(make("span", "note", note))
  return element
}

function silence(card) {
  return [make("p", "silence", card.problem ? card.problem.summary : "Waiting for candles…")]
}

function verdict(card, looks, explained) {
  if (card.problem) return [make("span", "glyph", "○"), make("span", "word", card.problem.word), ...(explained ? [chevron()] : [])]
  if (!card.trust) return []
  const { severity, word, accuracy } = card.trust
  return [
    make("span", "glyph", looks.severities[severity].glyph),
    make("span", "word", word),
    ...(accuracy ? [make("span", "accuracy", accuracy)] : []),
    ...(explained ? [chevron()] : []),
  ]
}

function chevron() {
  const element = make("span", "chevron", "›")
  element.setAttribute("aria-hidden", "true")
  return element
}

function reason({ text, command }) {
  return [make("p", "", text), ...(command ? [make("code", "", command)] : [])]
}

function sparkline(card) {
  const namespace = "http://www.w3.org/2000/svg"
  const svg = document.createElementNS(namespace, "svg")
  svg.setAttribute("class", "sparkline")
  svg.setAttribute("viewBox", "0 -4 100 108")
  svg.setAttribute("preserveAspectRatio", "none")
  svg.setAttribute("aria-hidden", "true")
  if (card.sparkline.length > 1) {
    const step = 100 / (card.sparkline.length - 1)
    const line = document.createElementNS(namespace, "polyline")
    line.setAttribute("points", card.sparkline.map((y, x) => `${(x * step).toFixed(1)},${100 - y}`).join(" "))
    svg.append(line)
  }
  return svg
}

// ---------------------------------------------------------------- time and keys

function tick(grid) {
  const now = globalThis.candorMarketNow?.() ?? Date.now() // the header's market clock
  for (const { card, valid } of grid.cards.values()) {
    if (valid) valid.textContent = remaining(card.valid_until - now)
  }
}

function remaining(milliseconds) {
  if (milliseconds <= 0) return "expired"
  const seconds = Math.floor(milliseconds / 1000)
  const two = number => String(number).padStart(2, "0")
  const hours = Math.floor(seconds / 3600)
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`
  return hours ? `valid ${hours}:${rest}` : `valid ${rest}`
}

function moveFocus(grid, event) {
  const links = [...grid.list.querySelectorAll("a.open")]
  const place = links.indexOf(event.target)
  if (place < 0) return
  const top = links[0].parentElement.offsetTop
  const columns = links.filter(link => link.parentElement.offsetTop === top).length
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -place, End: links.length - 1 - place }
  if (!(event.key in steps)) return
  const next = links[place + steps[event.key]]
  if (next) next.focus()
  event.preventDefault()
}

// ---------------------------------------------------------------- elements

function make(tag, className, ...content) {
  const element = document.createElement(tag)
  if (className) element.className = className
  element.append(...content.filter(part => part !== null && part !== undefined))
  return element
}

function skeletons(count) {
  const list = make("div", "cards")
  list.setAttribute("aria-busy", "true")
  list.setAttribute("aria-label", "Loading signals")
  for (let i = 0; i < count; i++) list.append(make("div", "card skeleton"))
  return list
}
