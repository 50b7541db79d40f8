// @ts-check
// The list view by keys: the same ones as in the Focus view. Without this script rows are links, ticks are checkboxes
// and every button is a form; with it they do the same without loading the page anew.

import { meantBy } from "./card.js";
import { showHelp, showSettings } from "./dialogs.js";
import { find } from "./find.js";
import { listen, print } from "./keys.js";
import { become, fetched, read } from "./pane.js";
import * as reasons from "./reasons.js";
import * as ticks from "./ticks.js";

/** Nobody reads a comment in this time: a key that comes sooner was meant for the one before. */
const UNSEEN_MS = 150;

let busy = false;
let readyAt = 0;
let lastReason = "";
let goes = false;

const rows = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#lines > .line")]);
const openRow = () => /** @type {HTMLElement | null} */ (document.querySelector("#lines > .line.open"));
const card = () => /** @type {HTMLElement | null} */ (document.querySelector("#reading article.card"));
const many = () => /** @type {HTMLFormElement | null} */ (document.getElementById("bulk"));
const dialog = (/** @type {string} */ id) => /** @type {HTMLDialogElement} */ (document.getElementById(id));

/** @type {Record<string, (event: Event) => boolean | void>} */
const acts = {
  next: () => move(1),
  previous: () => move(-1),
  select: () => ticks.tick(openRow()),
  "select-next": () => extend(1),
  "select-previous": () => extend(-1),
  approve: (event) => decide(meantBy("approve", card()), event),
  spam: (event) => decide("spam", event),
  feature: (event) => decide(meantBy("feature", card()), event),
  not_spam: (event) => decide("not_spam", event),
  reject: (event) => (meantBy("reject", card()) === "uphold" ? decide("uphold", event) : askReason()),
  suggested: (event) => rejectFor(card()?.dataset.suggested ?? "", event),
  repeat: (event) => rejectFor(lastReason, event),
  "approve-all": () => decideMany("approve"),
  "reject-all": () => askReasonOfMany(),
  undo: () => press(document.querySelector("#status form button")),
  site: () => press(document.querySelector("#reading .of a")),
  thread: () => press(document.querySelector("#reading [data-talk]")),
  search: () => find(),
  go: () => ((goes = true), true),
  help: () => showHelp(dialog("help"), (does) => does in acts),
  keys: () => {
    dialog("help").close();
    showSettings(dialog("keys"), (does) => does in acts);
  },
};

/** @param {Element | null | undefined} found */
function press(found) {
  if (!(found instanceof HTMLElement)) return false;
  found.click();
  return true;
}

/** Opens the row after the open one, or before it. @param {number} step */
function move(step) {
  const all = rows();
  const at = all.findIndex((row) => row === openRow());
  const row = all[at < 0 ? 0 : at + step];
  if (!row) return true;
  void open(row);
  return true;
}

/** Ticks the open row and the next, and goes there. @param {number} step */
function extend(step) {
  if (!ticks.tick(openRow(), true)) return false;
  move(step);
  return ticks.tick(openRow(), true);
}

let asked = 0;

/** Reads a row's comment beside the rows; the row is marked at once. @param {HTMLElement} row @param {boolean} [focus] */
async function open(row, focus = true) {
  const link = row.querySelector("a");
  if (!link) return;
  for (const one of rows()) {
    one.classList.toggle("open", one === row);
    one.querySelector("a")?.removeAttribute("aria-current");
  }
  link.setAttribute("aria-current", "true");
  if (focus) link.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  readyAt = Infinity;
  const turn = ++asked;
  try {
    const { page } = await fetched(link.href.split("#")[0]);
    if (turn !== asked) return; // another row was opened meanwhile
    if (!read(page)) throw new Error("no pane");
    history.replaceState(null, "", link.href.split("#")[0]);
    arrived();
  } catch {
    if (turn === asked) location.assign(link.href);
  }
}

/** What is to be done when something new is shown. */
function arrived() {
  print();
  ticks.told();
  const reading = document.getElementById("reading");
  requestAnimationFrame(() => setTimeout(() => seen(reading), UNSEEN_MS));
  const going = document.querySelector("#going form");
  if (going instanceof HTMLFormElement) void send(going);
}

/** The comment has been there long enough to be meant by a key. @param {HTMLElement | null} reading */
function seen(reading) {
  if (!reading?.isConnected) return;
  readyAt = performance.now();
  reading.dataset.ready = "";
}

/** @param {Event} event */
const isSeen = (event) => !busy && event.timeStamp >= readyAt;

/** Decides on the comment that is read, by its own button. @param {string} verb @param {Event} event */
function decide(verb, event) {
  const button = document.querySelector(`#reading .actions button[name=decision][value="${verb}"]`);
  if (!button) return false;
  return isSeen(event) ? press(button) : true;
}

function askReason() {
  const shown = card();
  if (!shown) return false;
  if (!reasons.isOpen(shown)) return reasons.open(shown, lastReason);
  return leaveReasons();
}

function leaveReasons() {
  const shown = card();
  if (shown) reasons.close(shown);
  const link = openRow()?.querySelector("a");
  link?.focus({ preventScroll: true });
  return true;
}

/** @param {string} reason @param {Event} event */
function rejectFor(reason, event) {
  const shown = card();
  if (!shown) return false;
  if (!reason) return askReason();
  if (reason === reasons.OWN) return reasons.write(shown), true;
  return isSeen(event) ? rejected(shown, reason) : true;
}

/** Rejects by the panel's form. @param {HTMLElement} shown @param {string} reason */
function rejected(shown, reason) {
  const box = shown.querySelector(`.reject input[name=reason][value="${CSS.escape(reason)}"]`);
  if (!(box instanceof HTMLInputElement)) return false;
  box.checked = true;
  return press(shown.querySelector(".reject button[name=decision]"));
}

/** @param {string} verb */
function decideMany(verb) {
  if (!ticks.count() || busy) return false;
  return press(many()?.querySelector(`button[name=decision][value="${verb}"]`));
}

function askReasonOfMany() {
  const bar = many();
  if (!bar || !ticks.count()) return false;
  return reasons.open(bar, lastReason);
}

/** A key while reasons are open: of those ticked, else of the comment that is read. @param {string} key */
function answered(key) {
  const bar = many();
  const panel = bar && reasons.isOpen(bar) ? bar : card();
  if (!panel || !reasons.isOpen(panel)) return false;
  const meant = reasons.meant(panel, key);
  if (meant === "close") reasons.close(panel), openRow()?.querySelector("a")?.focus({ preventScroll: true });
  else if (meant === reasons.OWN) reasons.write(panel);
  else if (meant) rejected(panel, meant);
  else return !["Tab", "Space", "Enter"].includes(key) && !key.startsWith("Arrow") && key !== "Shift+X" && key !== "R";
  return true;
}

/** Sends a form and shows what follows. @param {HTMLFormElement} form @param {HTMLElement | null} [button] */
async function send(form, button = null) {
  if (busy) return;
  busy = true;
  const sent = new FormData(form, button);
  if (sent.get("reason")) lastReason = String(sent.get("reason") ?? "");
  try {
    const { page, address } = await fetched(form.action, sent);
    if (!become(page)) throw new Error("no page");
    history.replaceState(null, "", address.split("#")[0]);
    const there = /** @type {HTMLElement | null} */ (document.querySelector("#status") ?? document.querySelector("main h1"));
    there?.focus({ preventScroll: true });
    openRow()?.scrollIntoView({ block: "nearest" });
    busy = false;
    readyAt = Infinity;
    arrived();
  } catch {
    // Sent again as without a script: what arrived the first time is known by what it says, and is done once.
    busy = false;
    HTMLFormElement.prototype.submit.call(withButton(form, button));
  }
}

/** The form with what its button says in it: a form that a script submits has no button. @param {HTMLFormElement} form @param {HTMLElement | null} button */
function withButton(form, button) {
  if (button instanceof HTMLButtonElement && button.name) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: button.name, value: button.value });
    form.append(field);
  }
  return form;
}

const OURS = /\/(?:decision|undo|bulk)$/;

function begin() {
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (event.defaultPrevented || form.method !== "post" || !OURS.test(new URL(form.action).pathname)) return;
    event.preventDefault();
    void send(form, event.submitter);
  });
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const row = target?.closest("#lines > .line");
    if (row instanceof HTMLElement && target?.closest("a")) {
      event.preventDefault();
      document.querySelector(".panes")?.classList.add("opened");
      void open(row);
    } else if (target?.closest(".back-to-rows a")) {
      event.preventDefault();
      document.querySelector(".panes")?.classList.remove("opened");
      openRow()?.querySelector("a")?.focus();
    } else if (target?.closest("[data-does=keys]")) acts.keys(event);
  });
  listen(
    (does, event) => does in acts && acts[does](event) !== false,
    (key) => {
      if (!goes) return answered(key);
      goes = false;
      return press(/^[A-Z]$/.test(key) ? document.querySelector(`[data-go="${key}" i]`) : null) || true;
    },
  );
  ticks.begin();
  arrived();
}

begin();
