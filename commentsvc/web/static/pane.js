// @ts-check
// What is beside the rows, and the rows themselves, as the server makes them: documents are taken over piece by piece,
// so that nothing is loaded anew and there is one rendering. Where that fails the browser goes there as without scripts.

import * as ticks from "./ticks.js";
import { Problem } from "./wire.js";

const PATIENCE_MS = 15_000;

/**
 * A page of the console.
 * @param {string} address
 * @param {FormData} [sent] a form, where it is sent
 * @returns {Promise<{ page: Document, address: string }>}
 */
export function fetched(address, sent) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(sent ? "POST" : "GET", address);
    request.responseType = "document";
    request.timeout = PATIENCE_MS;
    request.onload = () => {
      const main = request.responseXML?.getElementById("main");
      if (main && request.responseXML) resolve({ page: request.responseXML, address: request.responseURL });
      else reject(new Problem(request.status >= 500 ? "unreachable" : "refused"));
    };
    request.onerror = request.ontimeout = () => reject(new Problem("unreachable"));
    request.send(sent ? new URLSearchParams([...sent].map(([name, value]) => [name, String(value)])) : null);
  });
}

/** Shows another page in the place of this one. @param {Document} page */
export function become(page) {
  const [before, found] = [document.getElementById("main"), page.getElementById("main")];
  if (!before || !found) return false;
  before.replaceWith(document.adoptNode(found));
  document.title = page.title;
  counted(page);
  return true;
}

/** Says how many there are by now, as another page of the console does. @param {Document} page */
export function counted(page) {
  for (const where of [".bar nav .count", ".choosing h1 .count", ".lane-links .count"]) {
    const counts = [...page.querySelectorAll(where)];
    document.querySelectorAll(where).forEach((one, at) => (one.textContent = counts[at]?.textContent ?? one.textContent));
  }
}

/** The same list as it is by now, of which what has come in at its end was taken over; nothing where another is here by then. */
export async function later() {
  const lines = document.getElementById("lines");
  const { page } = await fetched(location.href.split("#")[0]);
  if (lines !== document.getElementById("lines")) return undefined;
  counted(page);
  extend(page);
  ticks.told();
  return page;
}

/**
 * Takes over the rows that come after all that are here, and the way on behind them. Nothing that is here moves.
 * @param {Document} page the same list, later
 */
function extend(page) {
  const lines = document.getElementById("lines");
  const rows = [...page.querySelectorAll("#lines > .line")];
  const last = rows.findLastIndex(({ id }) => document.getElementById(id));
  lines?.append(...rows.slice(last + 1).map((row) => document.adoptNode(row)));
  const paging = page.querySelector(".choosing > .paging");
  document.querySelector(".choosing > .paging")?.remove();
  if (paging) document.querySelector(".choosing")?.append(document.adoptNode(paging));
}

/** Puts rows back where the page has them. @param {Document} page @param {string[]} ids of the rows */
export function insert(page, ids) {
  const lines = document.getElementById("lines");
  /** @type {Element | null} */
  let next = null;
  for (const found of [...page.querySelectorAll("#lines > .line")].reverse()) {
    if (!document.getElementById(found.id) && ids.includes(found.id)) {
      found.classList.remove("open");
      lines?.insertBefore(document.adoptNode(found), next);
    }
    next = document.getElementById(found.id) ?? next;
  }
}
