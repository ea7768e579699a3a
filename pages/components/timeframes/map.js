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
  drawLegend(map, data.no_model)
  drawOrder(map, data.order)
  drawRows(map, data.rows, row => row.symbol, row => emptyRow(map, row.symbol), (drawn, row) => fill(drawn, row, map.looks))
}

function begin(root) {
  const columns = [["coin", "Coin"], ...TIMEFRAMES.map(tf => [tf, tf]), ["confluence", "Confluence"]]
  const map = sortableTable("Direction and confidence of every coin on every timeframe", columns)
  map.head.append(headCell("why", "What it means"))
  map.legend = make("p", "legend")
  moveFocusByKeys(map, { ArrowRight: 1, ArrowLeft: -1, ArrowDown: TIMEFRAMES.length, ArrowUp: -TIMEFRAMES.length })
  root.replaceChildren(map.legend, map.element)
  maps.set(root, map)
  return map
}

function drawLegend(map, noModel) {
  if (map.noModel === noModel) return
  map.noModel = noModel
  const { directions, severities } = map.looks
  const part = (className, glyph, text) => make("span", className, make("span", "glyph", glyph), ` ${text}`)
  map.legend.replaceChildren(
    ...["LONG", "NO_TRADE", "SHORT"].map(name => part(name, directions[name].glyph, directions[name].word)),
    part("", "▒", "the stronger the colour, the surer the call"),
    part("critical", severities.critical.glyph, "weak model, not counted"),
    part("warning", severities.warning.glyph, "doubtful model"),
    part("", "–", "no signal"),
    ...(noModel ? [make("span", "", noModel)] : []),
  )
}

function emptyRow(map, symbol) {
  const drawn = {
    element: make("div", "row"),
    coin: make("span", "coin"),
    links: TIMEFRAMES.map(timeframe => {
      const link = make("a", "")
      link.href = `coin?symbol=${encodeURIComponent(symbol)}&timeframe=${timeframe}`
      opensHere(link, () => map.open(symbol, timeframe))
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
    link.textContent = cell.mark
    link.title = cell.explanation || cell.problem
    link.setAttribute("aria-label", `${row.name} ${cell.timeframe}: ${cell.problem}. ${cell.explanation}`)
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
