// The line above every page: title, market, its clock, and how long until candles close.
// Its clock is the page's market clock: other components ask globalThis.candorMarketNow().

const headers = new WeakMap()

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".root")
  const header = headers.get(root) ?? begin(root)
  header.candles = data.candles
  const { now, speed } = data
  const received = Date.now()
  globalThis.candorMarketNow = () => now + (Date.now() - received) * speed

  setText(header.title, data.title)
  header.badge.className = `badge ${data.market?.kind ?? "connecting"}${data.behind ? " behind" : ""}`
  setText(header.badge, data.market ? marketName(data.market, data.behind) : data.connecting ?? "Connecting…")
  header.badge.title = data.behind?.reason ?? ""
  setText(header.behind, data.behind ? behindText(data.behind) : "")
  setText(header.speed, data.speed_text)
  tick(header)
  return () => clearInterval(header.timer)
}

function begin(root) {
  const header = {
    title: make("h1", "title"),
    badge: make("span", "badge"),
    behind: make("span", "behind"),
    speed: make("span", "speed"),
    clock: make("span", "clock"),
    closes: make("span", "closes"),
    countdowns: {},
  }
  header.badge.setAttribute("role", "status")
  header.clock.title = "The market's own time"
  header.closes.setAttribute("role", "group")
  header.closes.setAttribute("aria-label", "Time until the next candle closes")
  header.timer = setInterval(() => tick(header), 250)
  const market = make("span", "market")
  market.append(header.badge, header.behind, header.speed)
  root.replaceChildren(header.title, market, header.clock, header.closes)
  headers.set(root, header)
  return header
}

function marketName({ kind, name }, behind) {
  if (kind !== "exchange") return `${kind[0].toUpperCase()}${kind.slice(1)} market`
  return `${behind ? "Candles behind" : "Live"} · ${name}`
}

const behindText = ({ series, of, reason }) =>
  `${series} of ${of} series lack their newest candles. ${reason}`

function tick(header) {
  const now = globalThis.candorMarketNow()
  setText(header.clock, `${new Date(now).toISOString().slice(0, 16).replace("T", " ")} UTC`)
  for (const [timeframe, duration] of Object.entries(header.candles)) {
    header.countdowns[timeframe] ??= countdown(header, timeframe)
    setText(header.countdowns[timeframe], remaining(duration - (now % duration)))
  }
}

function countdown(header, timeframe) {
  const value = make("span", "value")
  const name = make("span", "name")
  name.textContent = timeframe
  const element = make("span", "countdown")
  element.append(name, value)
  header.closes.append(element)
  return value
}

function remaining(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000)
  const two = number => String(number).padStart(2, "0")
  const hours = Math.floor(seconds / 3600)
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`
  return hours ? `${hours}:${rest}` : rest
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}

function make(tag, className) {
  const element = document.createElement(tag)
  element.className = className
  return element
}
