// @ts-check
// One person at work: what each key does to the card that is shown. Every act takes effect here at once and goes into
// the outbox; what the server says to it later changes words, never the card before the person.

import { Buffer } from "./buffer.js";
import { isDone, nameOf, nearOf, rejects, risen, tell, wantedStatus } from "./card.js";
import { Outbox } from "./outbox.js";
import * as reasons from "./reasons.js";
import { say } from "./says.js";
import { Supply } from "./supply.js";
import { Undo } from "./undo.js";

/** @typedef {import("./outbox.js").Result} Result */

/**
 * Nobody reads a comment in this time: a key that comes sooner after its card was painted was meant for the one before,
 * pressed twice or bounced. It does nothing; the card stays, and pressing again works.
 */
const UNSEEN_MS = 150;
/** After a wait nobody knows when the next card comes: it may appear under a finger that is already moving. */
const UNASKED_MS = 500;
export class Desk {
  /** @type {string} */
  #lastReason = "";
  /** What was last written to an author: offered again where the same is done again. */
  #lastWords = "";
  #readyAt = 0;

  /**
   * @param {object} parts
   * @param {HTMLElement} parts.stack
   * @param {import("./supply.js").Server} parts.server
   * @param {string} parts.owner a person and a site: whose unsent acts these are
   * @param {Storage | null} parts.storage
   * @param {import("./board.js").Board} parts.board where words go
   */
  constructor({ stack, server, owner, storage, board }) {
    this.board = board;
    this.buffer = new Buffer(stack);
    this.undo = new Undo(storage, `console:done:${owner}`);
    this.outbox = new Outbox({
      send: (acts) => server.send(acts),
      storage,
      key: `console:outbox:${owner}`,
      done: (act, result) => this.#answered(act, result),
      changed: () => this.board.saves(this.outbox),
    });
    const came = () => void (this.buffer.shown || (this.buffer.size && this.#show(this.buffer.all[0], UNASKED_MS)));
    const waits = (/** @type {boolean} */ asks) => {
      this.board.waits(asks && !this.buffer.shown);
      if (!asks && !this.buffer.shown) server.day?.().then((words) => this.board.day(words), () => {});
    };
    this.supply = new Supply(server, this.buffer, this.outbox, came, waits);
  }

  /** Begins with the cards that the page came with. @param {Iterable<Element>} cards @param {boolean} more */
  start(cards, more) {
    this.supply.start(cards, more);
    this.#show(this.buffer.all[0], 0);
  }

  /** Shows a card and gives it the focus. @param {HTMLElement | undefined} card @param {number} [unseen] */
  #show(card, unseen = UNSEEN_MS) {
    this.buffer.show(card);
    this.#faced(unseen);
  }

  /** @param {number} [unseen] for how long deciding keys do nothing after the card was painted */
  #faced(unseen = UNSEEN_MS) {
    const card = this.buffer.shown;
    this.#readyAt = Infinity;
    this.board.faces(this.buffer);
    if (!card) void this.supply.fill();
    card?.querySelector("h2")?.focus({ preventScroll: true });
    requestAnimationFrame(() => {
      // A frame's callback runs before its painting; a task made in it runs after.
      setTimeout(() => {
        this.#readyAt = performance.now() + unseen;
        this.buffer.settle();
        if (card) performance.measure("console:shown", { start: this.#pressedAt, end: performance.now(), detail: unseen });
        void this.supply.fill();
      });
    });
  }
  #pressedAt = 0;

  /** Whether the card has been seen when this was pressed. @param {Event} [event] */
  #isSeen(event) {
    this.#pressedAt = event?.timeStamp ?? performance.now();
    return this.#pressedAt >= this.#readyAt;
  }

  /**
   * Decides on the card that is shown.
   * @param {string} verb
   * @param {{ reason?: string, event?: Event, chosen?: boolean, all?: boolean }} [how] `chosen`: by the panel of this very
   *   card; `all`: with those that say nearly the same
   */
  decide(verb, { reason = "", event, chosen = false, all = false } = {}) {
    const card = this.buffer.shown;
    if (!card) return false;
    if (!this.#isSeen(event) && !chosen) return true;
    if (this.outbox.stuck) return this.board.pauses(this.outbox), true;
    if (!card.dataset.verbs?.split(" ").includes(verb)) return this.#leave(card, verb);
    const name = nameOf(card);
    const note = verb === rejects(card) ? reasons.note(card) : "";
    if (reason === reasons.OWN && !note) return reasons.write(card, this.#lastWords), true;
    if (reason) this.#lastReason = reason;
    if (reason === reasons.OWN) this.#lastWords = note;
    const near = all ? nearOf(card) : [];
    const step = near.length ? (card.dataset.step ?? "") : "";
    const seen = { id: card.id, version: Number(card.dataset.version) };
    const n = this.outbox.add({ act: "decide", ...seen, name, verb, reason, note, near, step });
    this.undo.push({ n, id: card.id, name, card, step });
    this.board.decided({ id: card.id, verb, reason });
    reasons.close(card);
    for (const { id } of near) this.buffer.drop(id);
    if (!all && card.dataset.near) this.supply.wake(); // the next of those comes as a card of its own
    const many = near.length ? ` · ${say("and-near", { count: near.length })}` : "";
    this.#away(card, say(`did-${verb}`, { name }) + (reason ? ` · ${reasons.called(card, reason)}` : "") + many);
    return true;
  }

  /** Takes the card away, says what was done, and faces the next. @param {HTMLElement} card @param {string} sentence */
  #away(card, sentence) {
    this.buffer.take(card);
    this.board.says(sentence, { undo: true });
    this.#faced();
  }

  /** Puts the comment off: others wait, and it is handed out to nobody for a while. @param {Event} [event] */
  putOff(event) {
    const card = this.#waits(event);
    if (!card) return true;
    const name = nameOf(card);
    const n = this.outbox.add({ act: "later", id: card.id, name });
    this.undo.push({ n, id: card.id, name, card, act: "later" });
    this.#away(card, say("put-off", { name }));
    return true;
  }

  /** Asks a colleague. @param {string} note @param {Event} [event] */
  ask(note, event) {
    const card = this.#waits(event);
    if (!card) return true;
    const name = nameOf(card);
    const n = this.outbox.add({ act: "ask", id: card.id, name, version: Number(card.dataset.version), note });
    this.undo.push({ n, id: card.id, name, card });
    this.#away(card, say("asked", { name }));
    return true;
  }

  /** The card that is shown, if it waits, was seen, and anything can be done just now. @param {Event} [event] */
  #waits(event) {
    const card = this.buffer.shown;
    if (!card || !this.#isSeen(event)) return undefined;
    if (this.outbox.stuck) return void this.board.pauses(this.outbox);
    if (!("waits" in card.dataset)) return void this.board.says(say("not-now"));
    return card;
  }

  /** Somebody was faster, and what is wanted is no longer possible: the same wish again means: so be it. @param {HTMLElement} card @param {string} verb */
  #leave(card, verb) {
    if (wantedStatus(verb) !== card.dataset.status) return this.board.says(say("not-now")), true;
    this.buffer.take(card);
    this.board.says(say("left", { name: nameOf(card) }));
    this.#faced();
    return true;
  }

  /** Rejects for the reason that is suggested here, or that was last given. @param {string} reason @param {Event} [event] */
  rejectFor(reason, event) {
    const card = this.buffer.shown;
    if (!card) return false;
    return reason ? this.decide(rejects(card), { reason, event }) : this.askReason();
  }

  get lastReason() {
    return this.#lastReason;
  }

  /** Opens the panel of reasons; a second time closes it. */
  askReason() {
    const card = this.buffer.shown;
    if (!card) return false;
    if (reasons.isOpen(card)) return this.leaveReasons(), true;
    if (!card.dataset.verbs?.split(" ").includes(rejects(card))) return this.#leave(card, "reject");
    return reasons.open(card, this.#lastReason);
  }

  leaveReasons() {
    const card = this.buffer.shown;
    if (!card) return;
    reasons.close(card);
    card.querySelector("h2")?.focus({ preventScroll: true });
  }

  /** Goes to the next card without deciding, or back. @param {number} step */
  move(step) {
    const card = this.buffer.shown;
    const beside = card && this.buffer.beside(card, step);
    if (!card || !beside) return false;
    reasons.close(card);
    this.#pressedAt = performance.now();
    this.#show(beside);
    return true;
  }

  /** Takes back what was done last; again for what was done before. */
  takeBack() {
    const last = this.undo.pop();
    if (!last) return this.board.says(say("nothing-to-undo")), true;
    const { id, name, card } = last;
    const left = this.#reverse(last);
    if (card && left && last.step) risen(card);
    // A decision raises the version, and its undo again; putting off and bringing back do not.
    if (card && left && !last.act) card.dataset.version = String(Number(card.dataset.version) + 2);
    this.#pressedAt = performance.now();
    if (card) {
      this.buffer.putBack(card);
      this.#faced(0);
    } else if (last.act) void this.#comesBack(id, undefined, true);
    this.board.says(say("undone", { name }));
    return true;
  }

  /**
   * Reverses one act: takes it out of the outbox, or sends what reverses it, and says that something was left to send.
   * @param {import("./undo.js").Done} done
   */
  #reverse({ n, id, name, decision, step, act }) {
    if (n && this.outbox.takeOut(n)) return false;
    this.outbox.add(act === "later" ? { act: "back", id, name } : { act: "undo", id, name, of: n, decision, step });
    return true;
  }

  /** Sends one of a card's other forms, and shows the card as it is then. @param {HTMLFormElement} form @param {HTMLButtonElement | null} button */
  async sends(form, button) {
    const card = this.buffer.shown;
    if (!card) return;
    try {
      await this.supply.server.form(form, button);
    } catch {
      return this.board.says(say("not-sent"));
    }
    this.board.says(say("done", { name: nameOf(card) }));
    await this.#comesBack(card.id);
  }

  /** @param {import("./outbox.js").Act} act @param {Result} result */
  #answered(act, result) {
    if (act.act === "back") return;
    for (const other of result.near ?? []) if (other.result !== "ok") this.board.conflict(act, other);
    if (act.act !== "undo" && result.result === "ok") {
      if (result.decision) this.undo.named(act.n, result.decision);
    } else if (act.act !== "undo") {
      if (!result.near?.some((other) => other.result === "ok")) this.undo.forget(act.n);
      this.board.conflict(act, result);
      const over = isDone(act.verb, result) || result.status === "erased" || result.code === "not_found";
      if (!over) void this.#comesBack(act.id, result);
    } else if (result.result === "ok") {
      const card = this.buffer.find(act.id);
      if (card && result.version) card.dataset.version = String(result.version);
      else void this.#comesBack(act.id, undefined, true);
      if (act.step) this.supply.wake(); // what was decided with it waits again
    } else if (result.result !== "dropped") {
      this.board.conflict(act, result);
      void this.#comesBack(act.id, result);
    }
  }

  /**
   * A comment as it stands now: at the end with what happened to it, or at once when an undo brought it back.
   * @param {string} id
   * @param {Result} [result]
   * @param {boolean} [atOnce]
   */
  async #comesBack(id, result, atOnce = false) {
    try {
      const found = await this.supply.one(id);
      if (!found) return;
      if (result?.said) tell(found, result.said);
      const old = this.buffer.find(id);
      if (old) this.buffer.replace(old, found);
      else if (atOnce) this.buffer.putBack(/** @type {HTMLElement} */ (document.adoptNode(found)));
      else this.buffer.add([found]);
      if (old ? old === this.buffer.shown : atOnce || !this.buffer.shown) this.#show(this.buffer.find(id), UNASKED_MS);
    } catch {
      // It is in the list of what waits, or in the log.
    }
  }

  /** What colleagues hold by now, and what waits no longer. @param {Record<string, string>} others @param {string[]} gone */
  lost(others, gone) {
    for (const id of [...Object.keys(others), ...gone]) this.buffer.drop(id);
    const shown = this.buffer.shown;
    if (shown && others[shown.id]) tell(shown, say("is-looking", { who: others[shown.id] }));
    void this.supply.fill();
  }
}
