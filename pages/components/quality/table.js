// The table of all models. Python sends the rows in their order; all text is set with textContent.

const tables = new WeakMap() // root element -> what has been drawn into it

const HELP = {
  accuracy: "Share of test candles called rightly, with its 95 % interval. The bar runs from 0 to 100 %: the block is the interval, the tick the majority baseline.",
  n: "Test candles",
  majority: "What always calling the test period's most frequent class would score",
  skill: "1 − log loss / log loss of the class frequencies, with its 95 % interval: 0 is no better than they, 1 is perfect",
  timing: "Skill in telling whether a level is touched at all",
  direction: "Skill in telling which level is touched first",
  ece: "How far confidence is off from what comes true, on average",
  age: "Days since training",
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".root")
  const table = tables.get(root) ?? begin(root, data.columns)
  table.open = (symbol, timeframe) => setTriggerValue("opened", { symbol, timeframe })
  table.sort = column => setTriggerValue("sorted", column)
  table.looks = data.looks
  for (const [name, look] of Object.entries(data.looks.severities)) root.style.setProperty(`--${name}`, look.colour)
  table.summary.textContent = data.summary
  drawOrder(table, data.order)
  const key = row => `${row.symbol} ${row.timeframe}`
  drawRows(table, data.rows, key, row => emptyRow(table, row), (drawn, row) => fill(drawn, row, table.looks))
}

function begin(root, columns) {
  const label = "Every model with its accuracy, baseline, skill and verdict"
  const table = sortableTable(label, Object.entries(columns), HELP)
  table.summary = make("p", "summary")
  table.summary.setAttribute("role", "status")
  moveFocusByKeys(table, { ArrowDown: 1, ArrowUp: -1 })
  root.replaceChildren(table.summary, make("div", "frame", table.element))
  tables.set(root, table)
  return table
}

function emptyRow(table, row) {
  const link = make("a", "open")
  link.href = `model_quality?symbol=${encodeURIComponent(row.symbol)}&timeframe=${row.timeframe}`
  opensHere(link, () => table.open(row.symbol, row.timeframe))
  const element = make("div", "row")
  element.setAttribute("role", "row")
  return { element, link }
}

function fill(drawn, row, looks) {
  drawn.element.className = `row ${row.severity}`
  drawn.link.setAttribute("aria-label", `${row.name} ${row.timeframe}: ${row.verdict}. Open its model card.`)
  drawn.link.replaceChildren(make("span", "ticker", row.coin))
  const coin = cell("coin", drawn.link)
  coin.setAttribute("role", "rowheader")
  const verdict = cell("verdict", mark(row, looks), make("span", "word", row.verdict))
  if (row.explanation) verdict.title = row.explanation
  const cells = [coin, cell("timeframe", row.timeframe), verdict]
  const figures = row.accuracy
    ? [
        accuracy(row.accuracy),
        labelled("Candles", cell("n", row.n)),
        labelled("Majority", cell("majority", row.majority)),
        skill("skill", row.skill, true),
        skill("timing", row.timing),
        skill("direction", row.direction),
        cell("ece", row.ece),
      ]
    : [cell("nothing", row.explanation)]
  const about = row.kind ? [cell("kind", row.kind), cell("age", row.age)] : []
  if (row.speaker) about[0].title = row.speaker
  if (!row.kind) figures[0].classList.add("to-end")
  const why = row.surprises ? [cell("why", row.explanation)] : []
  drawn.element.replaceChildren(...cells, ...figures, ...about, ...why)
}

function mark(row, looks) {
  const glyph = row.severity in looks.severities ? looks.severities[row.severity].glyph : row.severity === "unusable" ? "⚠" : "○"
  const made = make("span", "glyph", glyph)
  made.setAttribute("aria-hidden", "true")
  return made
}

function accuracy(a) {
  const bar = make("span", "bar")
  bar.setAttribute("aria-hidden", "true") // the numbers beside it say the same
  const block = make("span", "block")
  block.style.left = `${a.low * 100}%`
  block.style.width = `${Math.max((a.high - a.low) * 100, 1)}%`
  const tick = make("span", "tick")
  tick.style.left = `${a.majority * 100}%`
  const point = make("span", "point")
  point.style.left = `${a.value * 100}%`
  bar.append(block, tick, point)
  return labelled("Accuracy", cell("accuracy", make("span", "number", a.text), make("span", "interval", a.interval), bar))
}

function skill(column, s, withInterval = false) {
  const made = cell(column, make("span", "number", s.text))
  if (withInterval) made.append(make("span", "interval", s.interval))
  made.classList.toggle("unproven", !s.proven)
  made.title = `${s.interval}: the interval is ${s.said === "may be zero" ? "around zero" : s.said}`
  return labelled("Skill", made)
}

// The label shows where the column's head does not stand above the cell: on a narrow screen.
function labelled(label, made) {
  made.dataset.label = label
  return made
}

function cell(column, ...content) {
  const made = make("span", `cell ${column}`, ...content)
  made.setAttribute("role", "cell")
  return made
}
