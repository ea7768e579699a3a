// A step from page to page that Streamlit lost is taken once more: of two runs that are asked for in quick succession it
// may run that of the page which is left alone, and a late word of that page puts its path back into the address.

const LOOK = 100; // milliseconds between two looks: whoever has arrived may go on at once, by whatever way
const LOST = 10; // looks in a row at a page that rests and is not the one that was stepped to: the step was lost
const TRIES = 3;

let watching = 0; // the step that is watched: the last

/**
 * Watch over the step that has just been taken. `isThere()` says whether its page is drawn and in the address,
 * `isAtRest()` whether nothing is being drawn, `take()` takes it again, and `end()` hears that it is watched no longer.
 */
export function watchStep({ isThere, isAtRest, take, end = () => {} }, later = setTimeout) {
  const step = ++watching;
  const look = (tries, rested) =>
    later(() => {
      if (step !== watching) return;
      if (!isAtRest()) return look(tries, 0);
      if (isThere()) return end();
      if (rested + 1 < LOST) return look(tries, rested + 1);
      take();
      if (tries > 1) look(tries - 1, 0);
      else end();
    }, LOOK);
  look(TRIES, 0);
}
