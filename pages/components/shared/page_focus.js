// Where the keyboard goes on: below the bar, which stands in the document's main part as everything else does.

const BELOW_THE_BAR = ".st-key-market_header ~ *";

/** Give the focus to what stands first below the bar, so that the next Tab leads into it; whether there is anything. */
export function focusPage() {
  return focusFirst(document.querySelectorAll(BELOW_THE_BAR));
}

function focusFirst(parts) {
  const first = [...parts].find((part) => part.offsetHeight);
  if (!first) return false;
  first.tabIndex = -1;
  first.focus();
  return true;
}

let skips = false; // whether the link is followed already

/** The link past the navigation, which is Streamlit's, leads to what holds the navigation, too. */
export function skipTheBar() {
  if (!skips) document.addEventListener("click", skip, { capture: true });
  skips = true;
}

function skip(event) {
  if (!event.target.closest?.('[data-testid="stSkipToContent"]') || !focusPage()) return;
  event.preventDefault();
  event.stopPropagation(); // Streamlit would take the focus back
}
