// @ts-check
// The two keys of pages that have no others: to search, and to go to another page by a letter.

import { find } from "./find.js";
import { listen } from "./keys.js";

let goes = false;

listen(
  (does) => (does === "search" ? find() : does === "go" && (goes = true)),
  (key) => {
    if (!goes) return false;
    goes = false;
    const link = /^[A-Z]$/.test(key) ? document.querySelector(`[data-go="${key}" i]`) : null;
    if (link instanceof HTMLElement) link.click();
    return true;
  },
);
