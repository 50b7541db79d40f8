// @ts-check
// The two dialogs of the keys, made from their one table: which there are, and what one would rather press.

import { bindings, keepWishes, nameOf, PRESETS, print, TABLE, wishes } from "./keys.js";
import { say, saying } from "./says.js";

const GROUPS = /** @type {const} */ (["decide", "move", "look", "go"]);

/** @param {string} tag @param {Record<string, string>} [attributes] @param {(Node | string)[]} children */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The keys that do something on this page. @param {(does: string) => boolean} works */
const used = (works) => TABLE.filter(({ does }) => works(does) && saying(`key-${does}`));

/**
 * A list of all keys, fresh each time it is opened.
 * @param {HTMLDialogElement} dialog
 * @param {(does: string) => boolean} works
 */
export function showHelp(dialog, works) {
  const bound = bindings(wishes());
  const lists = GROUPS.map((group) => {
    const rows = used(works)
      .filter((one) => one.group === group && bound.get(one.does))
      .map(({ does }) => make("div", {}, make("dt", {}, cap(bound.get(does) ?? "")), make("dd", {}, say(`key-${does}`))));
    if (group === "go") rows.push(...places(bound.get("go")));
    return rows.length ? make("section", {}, make("h3", {}, say(`keys-${group}`)), make("dl", {}, ...rows)) : "";
  });
  dialog.querySelector(".keys")?.replaceChildren(...lists);
  /** @type {HTMLElement} */ (dialog.querySelector(".are-off")).hidden = wishes().on;
  dialog.showModal();
}

/** The pages that a letter leads to, as their links say. @param {string} [key] what is pressed before the letter */
function places(key) {
  const links = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-go]"));
  if (!key) return [];
  return [...links].map((link) => {
    const name = link.firstChild?.textContent?.trim() ?? "";
    const keys = make("dt", {}, cap(key), " ", cap((link.dataset.go ?? "").toUpperCase()));
    return make("div", {}, keys, make("dd", {}, name));
  });
}

/** @param {string} key */
function cap(key) {
  const parts = key.split("+").map((part) => make("kbd", {}, saying(`cap-${part}`) ? say(`cap-${part}`) : part));
  return make("span", { class: "caps" }, ...parts);
}

/**
 * The settings: on or off, a preset, and a key of one's own for each thing; kept in this browser.
 * @param {HTMLDialogElement} dialog
 * @param {(does: string) => boolean} works
 */
export function showSettings(dialog, works) {
  const on = /** @type {HTMLInputElement} */ (dialog.querySelector("[name=on]"));
  const preset = /** @type {HTMLSelectElement} */ (dialog.querySelector("[name=preset]"));
  const rows = /** @type {HTMLElement} */ (dialog.querySelector(".keys"));
  const refresh = () => {
    const wish = wishes();
    on.checked = wish.on;
    preset.value = wish.preset in PRESETS ? wish.preset : "standard";
    const bound = bindings({ ...wish, on: true });
    rows.replaceChildren(...used(works).map(({ does }) => row(does, bound)));
    print();
  };
  on.onchange = () => (keepWishes({ ...wishes(), on: on.checked }), print());
  preset.onchange = () => (keepWishes({ ...wishes(), preset: preset.value, own: {} }), refresh());
  rows.onkeydown = (event) => {
    const does = event.target instanceof HTMLElement ? event.target.dataset.for : undefined;
    const key = nameOf(event);
    if (!does || event.ctrlKey || event.metaKey || event.altKey || /^(Tab|Shift|Escape|Enter|.{6,})$/.test(key)) return;
    event.preventDefault();
    give(does, key === "Backspace" || key === "Delete" ? "" : key);
    refresh();
    /** @type {HTMLElement | null} */ (rows.querySelector(`[data-for="${does}"]`))?.focus();
  };
  refresh();
  dialog.showModal();
}

/** A key does one thing: what had it before has none now. @param {string} does @param {string} key */
function give(does, key) {
  const wish = wishes();
  const taken = [...bindings({ ...wish, on: true })].filter(([one, bound]) => key && bound === key && one !== does);
  keepWishes({ ...wish, own: { ...wish.own, ...Object.fromEntries(taken.map(([one]) => [one, ""])), [does]: key } });
}

/** @param {string} does @param {Map<string, string>} bound */
function row(does, bound) {
  const key = bound.get(does) ?? "";
  const input = make("input", { readonly: "", value: key, "data-for": does, autocomplete: "off", dir: "ltr" });
  return make("label", {}, make("span", {}, say(`key-${does}`)), input);
}
