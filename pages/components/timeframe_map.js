// The heat map of coins and timeframes. Python sends the rows in their order; all text is set with textContent.

const maps = new WeakMap() // root element -> what has been drawn into it
const TIMEFRAMES = ["15m", "1h", "4h", "1d"]

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root")
  const map = maps.get(root) ?? begin(root)
  map.open = (symbol, timeframe) => setTriggerValue("opened", { symbol, timeframe })
  map.sort = column => setTriggerValue("sorted", column)
  map.looks = data.looks
  for (const [name, look] of Object.entries({ ...data.looks.directions, ...data.looks.severities })) {
    root.style.setProperty(`--${name}`, look.colour)
  }
  drawLegend(map)
  drawHeads(map, data.order)
  drawRows(map, data.rows)
}

function begin(root) {
  const map = {
    legend: make("p", "legend"),
    table: make("div", "table"),
    head: make("div", "row head"),
    body: make("div", "body"),
    heads: {},
    rows: new Map(),
  }
  map.table.setAttribute("role", "table")
  map.table.setAttribute("aria-label", "Direction and confidence of every coin on every timeframe")
  map.head.setAttribute("role", "row")
  map.body.setAttribute("role", "rowgroup")
  const group = make("div", "heads")
  group.setAttribute("role", "rowgroup")
  group.append(map.head)
  for (const [column, title] of [["coin", "Coin"], ...TIMEFRAMES.map(tf => [tf, tf]), ["confluence", "Confluence"]]) {
    const cell = make("span", `column ${column}`)
    cell.setAttribute("role", "columnheader")
    const button = make("button", "", title, make("span", "arrow"))
    button.type = "button"
    button.onclick = () => map.sort(column)
    cell.append(button)
    map.heads[column] = cell
    map.head.append(cell)
  }
  const why = make("span", "column why", "What it means")
  why.setAttribute("role", "columnheader")
  map.head.append(why)
  map.table.append(group, map.body)
  map.body.onkeydown = event => moveFocus(map, event)
  root.replaceChildren(map.legend, map.table)
  maps.set(root, map)
  return map
}

function drawLegend(map) {
  if (map.legend.firstChild) return
  const { directions, severities } = map.looks
  const part = (className, glyph, text) => make("span", className, make("span", "glyph", glyph), ` ${text}`)
  map.legend.append(
    ...["LONG", "NO_TRADE", "SHORT"].map(name => part(name, directions[name].glyph, directions[name].word)),
    part("", "▒", "the stronger the colour, the surer the call"),
    part("critical", severities.critical.glyph, "weak model, not counted"),
    part("warning", severities.warning.glyph, "doubtful model"),
    part("", "–", "no signal"),
  )
}

function drawHeads(map, order) {
  for (const [column, cell] of Object.entries(map.heads)) {
    const sorted = column === order.column
    cell.setAttribute("aria-sort", sorted ? (order.descending ? "descending" : "ascending") : "none")
    cell.querySelector(".arrow").textContent = sorted ? (order.descending ? "↓" : "↑") : ""
  }
}

function drawRows(map, rows) {
  const focused = map.body.getRootNode().activeElement
  const wanted = rows.map(row => {
    const drawn = map.rows.get(row.symbol) ?? emptyRow(map, row.symbol)
    const content = JSON.stringify(row)
    if (drawn.content !== content) {
      drawn.content = content
      fill(drawn, row, map.looks)
    }
    return drawn
  })
  const keep = new Set(wanted)
  for (const [symbol, drawn] of map.rows) {
    if (!keep.has(drawn)) {
      drawn.element.remove()
      map.rows.delete(symbol)
    }
  }
  wanted.forEach((drawn, place) => {
    if (map.body.children[place] !== drawn.element) map.body.insertBefore(drawn.element, map.body.children[place] ?? null)
  })
  // A row that moved lost its focus on the way.
  if (focused?.isConnected && focused !== map.body.getRootNode().activeElement) focused.focus({ preventScroll: true })
}

function emptyRow(map, symbol) {
  const drawn = {
    element: make("div", "row"),
    coin: make("span", "coin"),
    links: TIMEFRAMES.map(timeframe => {
      const link = make("a", "")
      link.href = `coin?symbol=${encodeURIComponent(symbol)}&timeframe=${timeframe}`
      link.onclick = event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return // a new tab or window, as with any link
        event.preventDefault()
        map.open(symbol, timeframe)
      }
      return link
    }),
    score: make("span", "score"),
    why: make("span", "why"),
  }
  drawn.element.setAttribute("role", "row")
  drawn.coin.setAttribute("role", "rowheader")
  for (const cell of [drawn.score, drawn.why]) cell.setAttribute("role", "cell")
  const cells = drawn.links.map(link => {
    const cell = make("span", "cell", link)
    cell.setAttribute("role", "cell")
    return cell
  })
  drawn.element.append(drawn.coin, ...cells, drawn.score, drawn.why)
  map.rows.set(symbol, drawn)
  return drawn
}

function fill(drawn, row, looks) {
  drawn.coin.replaceChildren(make("span", "ticker", row.coin), make("span", "name", row.name))
  row.cells.forEach((cell, place) => fillCell(drawn.links[place], row, cell, looks))
  drawn.score.className = `score ${row.score === null ? "missing" : row.direction}`
  drawn.score.replaceChildren(
    make("span", "number", row.score_text),
    ...(row.score === null ? [] : [make("span", "glyph", looks.directions[row.direction].glyph), scale(row)]),
  )
  drawn.why.className = row.veto ? "why veto" : "why"
  drawn.why.replaceChildren(...(row.veto ? [make("strong", "", "Veto "), row.sentence] : [row.sentence]))
}

function fillCell(link, row, cell, looks) {
  if (!cell.direction) {
    link.className = "missing"
    link.textContent = "–"
    link.title = cell.problem
    link.setAttribute("aria-label", `${row.name} ${cell.timeframe}: ${cell.problem}`)
    return
  }
  const look = looks.directions[cell.direction]
  link.className = `${cell.direction} ${cell.severity}`
  // A call is never surer than one third; from there on colour grows with confidence.
  link.style.setProperty("--strength", `${Math.round(12 + 68 * Math.min(Math.max((cell.confidence - 1 / 3) / 0.5, 0), 1))}%`)
  const mark = cell.severity === "none" ? [] : [make("span", "mark", looks.severities[cell.severity].glyph)]
  link.replaceChildren(make("span", "glyph", look.glyph), make("span", "percent", cell.text), ...mark)
  link.title = `${look.word}, ${cell.trust}`
  link.setAttribute("aria-label", `${row.name} ${cell.timeframe}: ${look.word}, ${cell.text}. ${cell.trust}`)
}

function scale(row) {
  const bar = make("span", "scale")
  const part = make("span", row.score < 0 ? "part SHORT" : "part LONG")
  part.style.width = `${Math.abs(row.score) * 50}%`
  part.style.left = row.score < 0 ? `${50 - Math.abs(row.score) * 50}%` : "50%"
  bar.append(part)
  bar.setAttribute("aria-hidden", "true") // the number beside it says the same
  return bar
}

function moveFocus(map, event) {
  const links = [...map.body.querySelectorAll("a")]
  const place = links.indexOf(event.target)
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: TIMEFRAMES.length, ArrowUp: -TIMEFRAMES.length }
  if (place < 0 || !(event.key in steps)) return
  links[place + steps[event.key]]?.focus()
  event.preventDefault()
}

function make(tag, className, ...content) {
  const element = document.createElement(tag)
  if (className) element.className = className
  element.append(...content)
  return element
}
