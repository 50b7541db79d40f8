// @ts-check
// Practice: the same desk with a server that is none, and a word about each decision.

import { Board } from "./board.js";
import { Focus } from "./focus.js";
import { hands } from "./hands.js";
import { say } from "./says.js";

const LATE_MS = 300;

/** A stand-in for the server: all is well, a little later. */
const server = {
  /** @param {import("./outbox.js").Act[]} acts @returns {Promise<import("./outbox.js").Result[]>} */
  send: (acts) =>
    new Promise((resolve) => {
      setTimeout(() => resolve(acts.map(({ n }) => ({ result: "ok", decision: `practice-${n}` }))), LATE_MS);
    }),
  form: async () => {},
  cards: async () => document.implementation.createHTMLDocument(),
};

/** Says what most would have done; who undoes is asked again. */
class Lessons extends Board {
  asMost = new Set();
  done = new Set();

  /** @override @param {{ id: string, verb?: string, reason?: string }} act */
  decided({ id, verb = "", reason = "" }) {
    const lesson = /** @type {HTMLElement | null} */ (document.querySelector(`#lessons [data-of="${id}"]`));
    if (!lesson) return;
    const same = lesson.dataset.verb === (verb === "feature" ? "approve" : verb) && (lesson.dataset.reason ?? "") === reason;
    this.done.add(id);
    if (same) this.asMost.add(id);
    else this.asMost.delete(id);
    this.lost.hidden = false;
    this.lost.textContent = `${say(same ? "as-most" : "most-would-not")} ${lesson.dataset.words}`;
    const score = /** @type {HTMLElement} */ (document.getElementById("score"));
    score.hidden = false;
    score.textContent = say("score", { same: this.asMost.size, done: this.done.size });
  }
}

const stack = /** @type {HTMLElement} */ (document.getElementById("stack"));
const board = new Lessons(document);
const desk = new Focus(stack, { server, owner: "practice", storage: null, board });
desk.start(stack.querySelectorAll("article.card"), false);
hands(desk, stack);
