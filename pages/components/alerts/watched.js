// Draws nothing: it tells Python which coins this browser watches, so that a rule can take a copy of the list.

import { onWatchlist, watched } from "../shared/watchlist.js";

export default function ({ data, setStateValue }) {
  const tell = () => tellWatched(data.heard, (symbols) => setStateValue("watched", symbols));
  tell();
  return onWatchlist(tell);
}

/** `tell` what is watched `now`, where Python has heard otherwise; says whether there was something to tell. */
export function tellWatched(heard, tell, now = watched()) {
  if (heard.join() === now.join()) return false;
  tell(now);
  return true;
}
