// @ts-check
// A row of a list: a comment in two lines, and what was done to it here.

import * as ticks from "./ticks.js";

export const rows = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#lines > .line")]);
export const openRow = () => /** @type {HTMLElement | null} */ (document.querySelector("#lines > .line.open"));
/** The rows of comments, as far as they are here. @param {...string} ids */
export const rowsOf = (...ids) => rows().filter((row) => ids.includes(idOf(row)));
export const idOf = (/** @type {HTMLElement} */ row) => row.id.replace("row-", "");
export const linkOf = (/** @type {Element | null | undefined} */ row) => row?.querySelector("a");
/** The address of the page in which the row is read. @param {HTMLElement} row */
export const addressOf = (row) => linkOf(row)?.href.split("#")[0] ?? "";
/** Whether nothing is left to do for it. @param {HTMLElement} row */
export const isDone = (row) => row.classList.contains("done");
/** Whether its list may know less of it than the server does by now. @param {HTMLElement} row */
export const hasChanged = (row) => "changed" in row.dataset;
/** Whether somebody else was faster. @param {HTMLElement} row */
export const isLate = (row) => row.classList.contains("late");
/** What it says was done. @param {HTMLElement} row */
export const saidBy = (row) => row.querySelector(".did")?.textContent ?? "";

/** Opens one row, and no other. @param {HTMLElement} row */
export function mark(row) {
  for (const one of rows()) {
    one.classList.toggle("open", one === row);
    if (one === row) linkOf(one)?.setAttribute("aria-current", "true");
    else linkOf(one)?.removeAttribute("aria-current");
  }
  row.scrollIntoView({ block: "nearest" });
}

/** Something was done to its comment. @param {HTMLElement} row @param {string} [words] what; without any it says what it said */
export function close(row, words = saidBy(row)) {
  become(row, words, { done: true });
}

/** There is something to do for it. @param {HTMLElement} row @param {string | number} [version] of its comment by now */
export function reopen(row, version) {
  become(row, "", { version });
}

/** Somebody else was faster. @param {HTMLElement} row @param {string} words @param {{ done: boolean, version?: number }} how */
export function tellLate(row, words, how) {
  become(row, words, { ...how, late: true });
}

/** @param {HTMLElement} row @param {string} words @param {{ done?: boolean, late?: boolean, version?: string | number }} how */
function become(row, words, { done = false, late = false, version }) {
  row.dataset.changed = "";
  row.classList.toggle("done", done);
  row.classList.toggle("late", late);
  const did = row.querySelector(".did") ?? document.createElement("span");
  did.className = "did";
  did.textContent = words;
  if (words) linkOf(row)?.querySelector(".when")?.after(did);
  else did.remove();
  ticks.allow(row, !done, version);
}
