// @ts-check
// The line at the foot of the desk: what was done, whether it is saved, what went wrong; and what is left.

import { clock, say } from "./says.js";

const SIGNED_OUT = new Set(["signed_out", "somebody_else"]);

export class Board {
  /** @param {ParentNode} page */
  constructor(page) {
    const of = (/** @type {string} */ id) => /** @type {HTMLElement} */ (page.querySelector(`#${id}`));
    this.said = of("said");
    this.undo = of("undo-last");
    this.saved = of("saved");
    this.signIn = of("sign-in-again");
    this.alarm = of("alarm");
    this.lost = of("lost");
    this.empty = of("empty");
    this.stage = of("stage");
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.ticking = undefined;
  }

  /** The act that the status line says was done, and offers to undo; 0 where it says something else. */
  #said = 0;

  /** The one status line, read out politely. @param {string} sentence @param {number} [n] the act that it says was done */
  says(sentence, n = 0) {
    this.said.textContent = sentence;
    this.undo.hidden = !n;
    this.#said = n;
  }

  /** It came to nothing: it is said no longer, and its Undo would be that of the act before. @param {number} n */
  unsays(n) {
    if (n === this.#said) this.says("");
  }

  /** Who was faster: a quiet line that stays until the next of its kind. @param {import("./outbox.js").Act} act @param {import("./outbox.js").Result} result */
  conflict(act, result) {
    const why = result.said || say("changed-meanwhile");
    this.lost.textContent = say(act.act === "undo" ? "undo-lost" : "decision-lost", { name: act.name, why });
    this.lost.hidden = false;
  }

  /** Whether everything is saved, honestly. @param {import("./outbox.js").Outbox} outbox */
  saves(outbox) {
    clearInterval(this.ticking);
    const { unsent, trouble, savedAt } = outbox;
    this.saved.classList.toggle("is-troubled", trouble !== "");
    this.signIn.hidden = !SIGNED_OUT.has(trouble);
    if (!unsent) this.saved.textContent = savedAt ? say("all-saved", { time: clock(savedAt) }) : "";
    else if (SIGNED_OUT.has(trouble)) this.saved.textContent = say(trouble, { count: unsent });
    else this.saved.textContent = say(trouble ? "retrying" : "unsent", { count: unsent });
    this.saved.dataset.unsent = String(unsent);
    this.pauses(outbox);
    if (trouble && unsent) this.ticking = setInterval(() => this.pauses(outbox), 1000);
  }

  /** Says that deciding pauses, and why, while it does. @param {import("./outbox.js").Outbox} outbox */
  pauses(outbox) {
    const stuck = outbox.stuck;
    if (stuck === !this.alarm.hidden) return;
    this.alarm.hidden = !stuck;
    this.alarm.textContent = stuck ? say("paused", { count: outbox.unsent }) : "";
  }

  /** Another card is shown, or none is left. @param {import("./buffer.js").Buffer} buffer */
  faces(buffer) {
    this.empty.hidden = buffer.shown !== undefined;
    this.stage.classList.toggle("is-empty", !buffer.shown);
    if (!buffer.shown) this.empty.focus({ preventScroll: true });
    else this.#known = false;
  }

  /** Whether it is said already that nothing waits: asking again, every few seconds, must not make the words flicker. */
  #known = false;

  /** Nothing is at hand, and more is being asked for. @param {boolean} asks */
  waits(asks) {
    this.stage.ariaBusy = String(asks);
    if (!this.#known) this.empty.textContent = say(asks ? "bringing" : "nothing-waiting");
    if (!asks) this.#known = true;
  }

  /** Nothing waits: what was done today. @param {string} sentence */
  day(sentence) {
    if (this.#known) this.empty.textContent = [say("nothing-waiting"), sentence].filter(Boolean).join(" ");
  }

  /** Something was decided: there may be more to say about it than that. @param {{ id: string, verb?: string, reason?: string }} _ */
  decided(_) {}
}
