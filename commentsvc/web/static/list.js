// @ts-check
// The list view by keys: the same ones as in the Focus view. Without this script rows are links, ticks are checkboxes
// and every button is a form; with it each decision goes through the outbox, and only what is done to many is waited for.

import { Board } from "./board.js";
import { hands } from "./hands.js";
import { print } from "./keys.js";
import { become, fetched } from "./pane.js";
import * as reasons from "./reasons.js";
import { openRow } from "./row.js";
import { Rows } from "./rows.js";
import { leaving, tabStorage } from "./tab.js";
import * as ticks from "./ticks.js";
import { Wire } from "./wire.js";

let busy = false;

const root = /** @type {HTMLElement} */ (document.getElementById("desk"));
const { work = "", me = "", site = "", token = "" } = root.dataset;
const wire = new Wire(work, me, token);
const desk = new Rows({ server: wire, owner: `${me}@${site}`, storage: tabStorage(), board: new Board(document) });
const many = () => /** @type {HTMLFormElement | null} */ (document.getElementById("bulk"));

/** What is done otherwise than in the Focus view, because there are rows that can be ticked. @type {import("./hands.js").Does} */
const acts = {
  select: () => ticks.tick(openRow()),
  "select-next": () => extend(1),
  "select-previous": () => extend(-1),
  "approve-all": () => ticks.count() > 0 && decideMany("approve"),
  "reject-all": () => ticks.count() > 0 && askReasonOfMany(),
  undo: () => press(document.querySelector("#status form button")),
};

/** @param {Element | null | undefined} found */
function press(found) {
  if (!(found instanceof HTMLElement)) return false;
  found.click();
  return true;
}

/** Ticks the open row and the next, and goes there. @param {number} step */
function extend(step) {
  if (!ticks.tick(openRow(), true)) return false;
  desk.move(step);
  return ticks.tick(openRow(), true);
}

/** @param {string} verb */
function decideMany(verb) {
  press(many()?.querySelector(`button[name=decision][value="${verb}"]`));
  return true;
}

function askReasonOfMany() {
  const bar = many();
  return bar ? reasons.open(bar, desk.lastReason) : false;
}

/** A key while the reasons of those ticked are open. @param {string} key */
function answered(key) {
  const bar = many();
  if (!bar || !reasons.isOpen(bar)) return false;
  const meant = reasons.meant(bar, key);
  if (meant === "close") reasons.close(bar), desk.refocus();
  else if (meant === reasons.OWN) reasons.write(bar);
  else if (meant) rejectMany(bar, meant);
  else return !["Tab", "Space", "Enter", "Shift+X"].includes(key) && !key.startsWith("Arrow");
  return true;
}

/** @param {HTMLElement} bar @param {string} reason */
function rejectMany(bar, reason) {
  const box = bar.querySelector(`.reject input[name=reason][value="${CSS.escape(reason)}"]`);
  if (box instanceof HTMLInputElement) box.checked = true;
  decideMany("reject");
}

/** Sends a form and shows what follows. @param {HTMLFormElement} form @param {HTMLElement | null} [button] */
async function send(form, button = null) {
  if (busy) return;
  busy = true;
  const sent = new FormData(form, button);
  await desk.saved(); // all that the list has is not all until then
  try {
    const { page, address } = await fetched(form.action, sent);
    await learn(form);
    if (!become(page)) throw new Error("no page");
    history.replaceState(null, "", address.split("#")[0]);
    busy = false;
    desk.board.says(""); // the page says what was done last, and has its Undo
    arrived();
    const there = /** @type {HTMLElement | null} */ (document.querySelector("#status") ?? document.querySelector("main h1"));
    there?.focus({ preventScroll: true });
    openRow()?.scrollIntoView({ block: "nearest" });
  } catch {
    // Sent again as without a script: what arrived the first time is known by what it says, and is done once.
    busy = false;
    HTMLFormElement.prototype.submit.call(withButton(form, button));
  }
}

/** A step of many can be undone later too; what was undone by its own button, no more. @param {HTMLFormElement} form */
async function learn(form) {
  const undone = /\/([^/]+)\/undo$/.exec(form.action)?.[1];
  if (undone) return desk.undo.without(undone);
  const step = new FormData(form).get("step");
  const { done } = await wire.json("mine").catch(() => ({ done: [] }));
  if (step && done[0]?.step === step) desk.undo.push(done[0]);
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

/** What is to be done when another page is shown. */
function arrived() {
  print();
  ticks.told();
  desk.start();
  const going = document.querySelector("#going form");
  if (going instanceof HTMLFormElement) void send(going);
}

const OURS = /\/(?:undo|bulk)$/;

hands(desk, document, acts, answered);
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
    desk.pressed(event);
    desk.open(row);
  } else if (target?.closest(".back-to-rows a")) {
    event.preventDefault();
    document.querySelector(".panes")?.classList.remove("opened");
    desk.refocus();
  }
});
ticks.begin();
leaving(desk.outbox);
if (work) void wire.json("mine").then(({ done }) => desk.undo.below(done)).catch(() => {});
desk.changed();
arrived();
