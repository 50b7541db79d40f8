// @ts-check
// The Focus view. Without this script the page is the same comments one below the other, and every button works.

import { Board } from "./board.js";
import { Focus } from "./focus.js";
import { hands } from "./hands.js";
import { Leases } from "./leases.js";
import { News } from "./news.js";
import { say } from "./says.js";
import { leaving, tabStorage } from "./tab.js";
import { Wire } from "./wire.js";

const AGAIN_MS = 10_000;

const root = /** @type {HTMLElement | null} */ (document.getElementById("focus"));
if (root) open(root);

/** @param {HTMLElement} root */
function open(root) {
  const { work = "", me = "", site = "", token = "" } = root.dataset;
  const stack = /** @type {HTMLElement} */ (document.getElementById("stack"));
  const wire = new Wire(work, me, token);
  const board = new Board(document);
  const desk = new Focus(stack, { server: wire, owner: `${me}@${site}`, storage: tabStorage(), board });
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
  setInterval(() => !document.hidden && !desk.shown && desk.supply.wake(), AGAIN_MS);
  pill.addEventListener("click", () => {
    news.seen();
    pill.hidden = true;
    desk.supply.wake();
  });
  void wire.json("mine").then(({ done }) => desk.undo.below(done)).catch(() => {});
  leaving(desk.outbox);
  hands(desk, stack);
  board.saves(desk.outbox);
}

/** @param {HTMLElement} root @param {Record<string, number>} lanes */
function counted(root, lanes) {
  for (const link of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-lane]"))) {
    const count = link.querySelector(".count");
    if (count) count.textContent = String(lanes[link.dataset.lane ?? ""] ?? 0);
  }
}
