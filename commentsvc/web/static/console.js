// @ts-check
// The Focus view. Without this script the page is the same comments one below the other, and every button works.

import { Board } from "./board.js";
import { Desk } from "./desk.js";
import { hands } from "./hands.js";
import { Leases } from "./leases.js";
import { News } from "./news.js";
import { say } from "./says.js";
import { Wire } from "./wire.js";

/** @typedef {import("./wire.js").Problem} Problem */

const AGAIN_MS = 10_000;

const root = /** @type {HTMLElement | null} */ (document.getElementById("focus"));
if (root) open(root);

/** @param {HTMLElement} root */
function open(root) {
  const { work = "", me = "", site = "", token = "" } = root.dataset;
  const stack = /** @type {HTMLElement} */ (document.getElementById("stack"));
  const wire = new Wire(work, me, token);
  const board = new Board(document);
  const server = {
    send: (/** @type {unknown[]} */ acts) => sendOrRenew(wire, acts),
    form: (/** @type {HTMLFormElement} */ form, /** @type {HTMLButtonElement | null} */ button) => wire.form(form, button),
    cards: (/** @type {unknown} */ wish) => wire.document("buffer", wish),
    day: async () => (await wire.json("day")).said,
  };
  const desk = new Desk({ stack, server, owner: `${me}@${site}`, storage: tabStorage(), board });
  desk.supply.lane = root.dataset.lane ?? "";
  desk.start(stack.querySelectorAll("article.card"), "more" in root.dataset);
  const leases = new Leases(wire, desk.buffer, (others, gone) => desk.lost(others, gone));
  void leases;
  const pill = /** @type {HTMLElement} */ (document.getElementById("news"));
  const news = new News(wire, ({ lanes, fresh }) => {
    counted(root, lanes);
    pill.hidden = !fresh;
    pill.textContent = say("news", { count: fresh });
  });
  // What colleagues had before them may be free again, and makes no news.
  setInterval(() => !document.hidden && !desk.buffer.shown && desk.supply.wake(), AGAIN_MS);
  pill.addEventListener("click", () => {
    news.seen();
    pill.hidden = true;
    desk.supply.wake();
  });
  void wire.json("mine").then(({ done }) => desk.undo.below(done)).catch(() => {});
  leaving(desk);
  hands(desk, stack);
  board.saves(desk.outbox);
}

/** @param {Wire} wire @param {unknown[]} acts */
async function sendOrRenew(wire, acts) {
  try {
    return (await wire.json("decisions", { acts })).results;
  } catch (problem) {
    if (/** @type {Problem} */ (problem).code !== "form_expired") throw problem;
    await wire.renewPass();
    return (await wire.json("decisions", { acts })).results;
  }
}

/** What the browser keeps for this tab; it may be told to keep nothing. */
function tabStorage() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

/** @param {HTMLElement} root @param {Record<string, number>} lanes */
function counted(root, lanes) {
  for (const link of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-lane]"))) {
    const count = link.querySelector(".count");
    if (count) count.textContent = String(lanes[link.dataset.lane ?? ""] ?? 0);
  }
}

/** Nothing unsent is left behind in silence. @param {Desk} desk */
function leaving(desk) {
  addEventListener("beforeunload", (event) => {
    desk.outbox.flush();
    if (desk.outbox.trouble && desk.outbox.unsent) event.preventDefault();
  });
  addEventListener("pagehide", () => desk.outbox.flush());
  document.addEventListener("visibilitychange", () => (document.hidden ? desk.outbox.flush() : desk.outbox.hurry()));
  addEventListener("online", () => desk.outbox.hurry());
  addEventListener("focus", () => desk.outbox.hurry());
}
