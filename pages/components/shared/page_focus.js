// Where the keyboard goes on: below the bar, which stands in the document's main part as everything else does.

const BELOW_THE_BAR = ".st-key-market_header ~ *";
const LOOK = 100; // milliseconds between two looks at a button that was pressed
const LOOKS = 20; // for as long as what it asks for may take

/** Give the focus to what stands first below the bar, `how` as focus(), so that the next Tab leads into it; whether there is anything. */
export function focusPage(how) {
  return focusFirst(document.querySelectorAll(BELOW_THE_BAR), how);
}

function focusFirst(parts, how) {
  const first = [...parts].find((part) => part.offsetHeight);
  if (!first) return false;
  first.tabIndex = -1;
  first.focus(how);
  return true;
}

let guides = false; // whether clicks are heard already

/** Two clicks leave the focus nowhere: one on the link past the navigation, one on a button that takes itself away. */
export function guideFocus() {
  if (guides) return;
  guides = true;
  document.addEventListener("click", skip, { capture: true });
  document.addEventListener("click", watchPressed, { capture: true });
}

function watchPressed(event) {
  const pressed = event.composedPath()[0].closest?.("button");
  if (pressed) goOnOnceGone(pressed, setTimeout);
}

/** Once a button is gone that had the focus, the keyboard goes on below the bar; what is read stays in place. */
export function goOnOnceGone(pressed, later, looks = LOOKS) {
  later(() => {
    if (document.activeElement === document.body && !pressed.offsetParent) focusPage({ preventScroll: true });
    else if (looks > 1) goOnOnceGone(pressed, later, looks - 1);
  }, LOOK);
}

/** The link past the navigation is Streamlit's, and leads to what holds the navigation, too. */
function skip(event) {
  if (!event.target.closest?.('[data-testid="stSkipToContent"]') || !focusPage()) return;
  event.preventDefault();
  event.stopPropagation(); // Streamlit would take the focus back
}
