// @ts-check
// The desk of the Focus view: a pile of cards, of which one is shown.

import { Buffer } from "./buffer.js";
import { nearOf, tell } from "./card.js";
import { Desk, UNASKED_MS } from "./desk.js";
import { say } from "./says.js";
import { Supply } from "./supply.js";

/**
 * @typedef {import("./desk.js").Act} Act
 * @typedef {import("./desk.js").Result} Result
 * @typedef {import("./desk.js").Done} Done
 */

export class Focus extends Desk {
  /** @param {HTMLElement} stack @param {import("./desk.js").Parts} parts */
  constructor(stack, parts) {
    super(parts);
    this.buffer = new Buffer(stack);
    const came = () => void (this.shown || (this.buffer.size && this.#show(this.buffer.all[0], UNASKED_MS)));
    const waits = (/** @type {boolean} */ asks) => {
      this.board.waits(asks && !this.shown);
      if (!asks && !this.shown) this.server.day?.().then((words) => this.board.day(words), () => {});
    };
    this.supply = new Supply(this.server, this.buffer, this.outbox, came, waits);
  }

  /** @override */
  get shown() {
    return this.buffer.shown;
  }

  /** Begins with the cards that the page came with. @param {Iterable<Element>} cards @param {boolean} more */
  start(cards, more) {
    this.supply.start(cards, more);
    this.#show(this.buffer.all[0], 0);
  }

  /** Shows a card and gives it the focus. @param {HTMLElement | undefined} card @param {number} [unseen] */
  #show(card, unseen) {
    this.buffer.show(card);
    this.faced(unseen);
  }

  /** @override @param {number} [unseen] */
  faced(unseen) {
    this.board.faces(this.buffer);
    if (!this.shown) void this.supply.fill();
    this.refocus();
    super.faced(unseen);
  }

  /** @override */
  painted() {
    this.buffer.settle();
    void this.supply.fill();
  }

  /** @override @param {HTMLElement} card @param {Done} [done] */
  take(card, done) {
    if (done?.step) for (const { id } of nearOf(card)) this.buffer.drop(id);
    else if (card.dataset.near) this.supply.wake(); // the next of those comes as a card of its own
    this.buffer.take(card);
    this.faced();
  }

  /** @override @param {Done} done @param {boolean} left */
  putBack({ card, id, act }, left) {
    if (card) {
      this.buffer.putBack(card);
      this.faced(0);
    } else if (act || !left) void this.#comesBack(id, undefined, true);
  }

  /** @override @param {number} step */
  move(step) {
    const card = this.shown;
    const beside = card && this.buffer.beside(card, step);
    if (!card || !beside) return false;
    this.leaveReasons();
    this.pressed();
    this.#show(beside);
    return true;
  }

  /** @override @param {string} id @param {Result} result @param {boolean} over */
  late(id, result, over) {
    if (!over) void this.#comesBack(id, result);
  }

  /** @override @param {Act} act @param {Result} result */
  undone(act, result) {
    if (result.result === "dropped") return;
    if (result.result !== "ok") return void this.#comesBack(act.id, result);
    const card = this.buffer.find(act.id);
    if (card && result.version) card.dataset.version = String(result.version);
    else void this.#comesBack(act.id, undefined, true);
    if (act.step) this.supply.wake(); // what was decided with it waits again
  }

  /** @override @param {string} id */
  renew(id) {
    return this.#comesBack(id);
  }

  /**
   * A comment as it stands now: at the end with what happened to it, or at once when an undo brought it back.
   * @param {string} id
   * @param {Result} [result]
   * @param {boolean} [atOnce]
   */
  async #comesBack(id, result, atOnce = false) {
    try {
      const found = await this.one(id);
      const old = this.buffer.find(id);
      if (!found || (result && !old && !found.dataset.verbs)) return; // nothing is left to this person to decide
      if (result?.said) tell(found, result.said);
      if (old) this.buffer.replace(old, found);
      else if (atOnce) this.buffer.putBack(found);
      else this.buffer.add([found]);
      if (old ? old === this.shown : atOnce || !this.shown) this.#show(this.buffer.find(id), UNASKED_MS);
    } catch {
      // It is in the list of what waits, or in the log.
    }
  }

  /** What colleagues hold by now, and what waits no longer. @param {Record<string, string>} others @param {string[]} gone */
  lost(others, gone) {
    for (const id of [...Object.keys(others), ...gone]) this.buffer.drop(id);
    if (this.shown && others[this.shown.id]) tell(this.shown, say("is-looking", { who: others[this.shown.id] }));
    void this.supply.fill();
  }
}
