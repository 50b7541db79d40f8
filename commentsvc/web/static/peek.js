// @ts-check
// Another page of the console, shown on top of this one: a look at the whole conversation, and back.

import { loaded } from "./wire.js";

/**
 * @param {HTMLDialogElement} dialog
 * @param {string} url
 * @param {string} about the comment to begin with
 */
export async function peek(dialog, url, about) {
  const found = await loaded("GET", url);
  const main = found.querySelector("main");
  if (!main) return;
  const styles = new Set([...document.styleSheets].map((sheet) => sheet.href));
  for (const link of /** @type {NodeListOf<HTMLLinkElement>} */ (found.querySelectorAll("link[rel=stylesheet]"))) {
    if (!styles.has(link.href)) document.head.append(document.adoptNode(link));
  }
  const place = dialog.querySelector(".peeked");
  place?.replaceChildren(...[...main.children].map((child) => document.adoptNode(child)));
  // What is looked at has names of its own; two of the same must not stay in the page.
  dialog.addEventListener("close", () => place?.replaceChildren(), { once: true });
  dialog.showModal();
  place?.querySelector(`[id="${about}"]`)?.scrollIntoView({ block: "center" });
}
