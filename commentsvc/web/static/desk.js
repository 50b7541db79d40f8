// @ts-check
// One person at work: what each key does to the card before them, wherever cards come from. Every act takes effect here
// at once and goes into the outbox; what the server says to it later changes words, never the card before the person.

import { can, isDone, isTaken, keepNear, nameOf, nearOf, rejects, risen, wantedStatus } from "./card.js";
import { Outbox } from "./outbox.js";
import * as reasons from "./reasons.js";
import { say } from "./says.js";
import { Undo } from "./undo.js";

/**
 * @typedef {import("./outbox.js").Act} Act
 * @typedef {import("./outbox.js").Result} Result
 * @typedef {import("./undo.js").Done} Done
 */

/**
 * @typedef {object} Server
 * @property {(acts: Act[]) => Promise<Result[]>} send
 * @property {(form: HTMLFormElement, button: HTMLButtonElement | null) => Promise<void>} form sends a plain form
 * @property {() => Promise<string>} [day] what was done today, in a sentence
 * @property {(wish: { lane?: string, have?: string[], only?: string[], q?: string }) => Promise<Document>} cards
 */
/**
 * @typedef {object} Parts
 * @property {Server} server
 * @property {string} owner a person and a site: whose unsent acts these are
 * @property {Storage | null} storage
 * @property {import("./board.js").Board} board where words go
 */

/**
 * Nobody reads a comment in this time: a key that comes sooner after its card was painted was meant for the one before,
 * pressed twice or bounced. It does nothing; the card stays, and pressing again works.
 */
const UNSEEN_MS = 150;
/** After a wait nobody knows when the next card comes: it may appear under a finger that is already moving. */
export const UNASKED_MS = 500;

/** What a view does with its cards is its own: the Focus view has a pile of them, the List view rows and a pane. */
export class Desk {
  /** @type {string} */
  #lastReason = "";
  /** What was last written to an author: offered again where the same is done again. */
  #lastWords = "";
  #readyAt = 0;
  #pressedAt = 0;
  #turn = 0;

  /** @param {Parts} parts */
  constructor({ server, owner, storage, board }) {
    this.server = server;
    this.board = board;
    this.undo = new Undo(storage, `console:done:${owner}`);
    this.outbox = new Outbox({
      send: (acts) => server.send(acts),
      storage,
      key: `console:outbox:${owner}`,
      done: (act, result) => this.#answered(act, result),
      changed: () => this.changed(),
    });
  }

  /** The card before the person. @returns {HTMLElement | undefined} */
  get shown() {
    return undefined;
  }

  /** Takes cards away because of what was done, none where they are left as they are, and faces the next. @param {HTMLElement} _card @param {Done} [_done] */
  take(_card, _done) {}

  /** Brings back what was done, which is undone; `left`: the server knows of it. @param {Done} _done @param {boolean} _left */
  putBack(_done, _left) {}

  /** Somebody was faster; `over`: nothing is left to decide here. @param {string} _id @param {Result} _result @param {boolean} _over */
  late(_id, _result, _over) {}

  /** An undo has arrived. @param {Act} _act @param {Result} _result */
  undone(_act, _result) {}

  /** Shows a comment as it stands now, where it is. @param {string} _id @returns {Promise<void> | void} */
  renew(_id) {}

  /** Goes on to the card that comes after, or before; false where there is none. @param {number} _step @returns {boolean} */
  move(_step) {
    return false;
  }

  /** What is left to do when a card has been painted. */
  painted() {}

  /** Gives the card the focus, after something else in it had it. */
  refocus() {
    this.shown?.querySelector("h2")?.focus({ preventScroll: true });
  }

  /** There is something else to say about what is saved. */
  changed() {
    this.board.saves(this.outbox);
  }

  /** One comment as it stands now. @param {string} id @param {string} [q] what is searched for is marked in it */
  async one(id, q = "") {
    const found = (await this.server.cards({ only: [id], q })).querySelector("article.card");
    return found ? /** @type {HTMLElement} */ (document.adoptNode(found)) : null;
  }

  /** Another card is before the person. @param {number} [unseen] for how long deciding keys do nothing after it was painted */
  faced(unseen = UNSEEN_MS) {
    const card = this.shown;
    const turn = this.awaits();
    requestAnimationFrame(() => {
      // A frame's callback runs before its painting; a task made in it runs after.
      setTimeout(() => {
        if (turn === this.#turn) this.#readyAt = performance.now() + unseen;
        if (card) performance.measure("console:shown", { start: this.#pressedAt, end: performance.now(), detail: unseen });
        this.painted();
      });
    });
  }

  /** Another card is to come: until it has, no key is meant for it. */
  awaits() {
    this.#readyAt = Infinity;
    return ++this.#turn;
  }

  /** Something was pressed; whether the card had been seen by then. @param {Event} [event] */
  pressed(event) {
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
    const card = this.shown;
    if (!card) return false;
    if (!this.pressed(event) && !chosen) return true;
    if (this.outbox.stuck) return this.board.pauses(this.outbox), true;
    if (!can(card, verb)) return this.#leave(card, verb);
    const name = nameOf(card);
    const note = verb === rejects(card) ? reasons.note(card) : "";
    if (reason === reasons.OWN && !note) return reasons.write(card, this.#lastWords), true;
    if (reason) this.#lastReason = reason;
    if (reason === reasons.OWN) this.#lastWords = note;
    const near = all ? this.#near(card) : [];
    const step = near.length ? (card.dataset.step ?? "") : "";
    const seen = { id: card.id, version: Number(card.dataset.version) };
    const n = this.outbox.add({ act: "decide", ...seen, name, verb, reason, note, near, step });
    this.board.decided({ id: card.id, verb, reason });
    reasons.close(card);
    const why = reason ? ` · ${reasons.called(card, reason)}` : "";
    const many = near.length ? ` · ${say("and-near", { count: near.length })}` : "";
    this.#away({ n, id: card.id, name, card, step, did: say(`row-${verb}`) + why }, say(`did-${verb}`, { name }) + why + many);
    return true;
  }

  /** What says nearly the same and was not decided here one by one. @param {HTMLElement} card */
  #near(card) {
    return keepNear(card, nearOf(card).filter(({ id }) => !this.undo.last(id)?.did));
  }

  /** Takes the card away, says what was done, and faces the next. @param {Done & { card: HTMLElement }} done @param {string} sentence */
  #away(done, sentence) {
    this.undo.push(done);
    this.board.says(sentence, done.n);
    this.take(done.card, done);
  }

  /** Puts the comment off: others wait, and it is handed out to nobody for a while. @param {Event} [event] */
  putOff(event) {
    const card = this.#waits(event);
    if (!card) return true;
    const name = nameOf(card);
    const n = this.outbox.add({ act: "later", id: card.id, name });
    this.#away({ n, id: card.id, name, card, act: "later", did: say("key-later") }, say("put-off", { name }));
    return true;
  }

  /** Asks a colleague. @param {string} note @param {Event} [event] */
  ask(note, event) {
    const card = this.#waits(event);
    if (!card) return true;
    const name = nameOf(card);
    const n = this.outbox.add({ act: "ask", id: card.id, name, version: Number(card.dataset.version), note });
    this.#away({ n, id: card.id, name, card, did: say("row-ask") }, say("asked", { name }));
    return true;
  }

  /** The card that is shown, if it waits, was seen, and anything can be done just now. @param {Event} [event] */
  #waits(event) {
    const card = this.shown;
    if (!card || !this.pressed(event)) return undefined;
    if (this.outbox.stuck) return void this.board.pauses(this.outbox);
    if (!("waits" in card.dataset) || isTaken(card)) return void this.board.says(say("not-now"));
    return card;
  }

  /** Somebody was faster, and what is wanted is no longer possible: the same wish again means: so be it. @param {HTMLElement} card @param {string} verb */
  #leave(card, verb) {
    if (wantedStatus(verb) !== card.dataset.status || isTaken(card)) return this.board.says(say("not-now")), true;
    this.board.says(say("left", { name: nameOf(card) }));
    this.take(card);
    return true;
  }

  /** Rejects for the reason that is suggested here, or that was last given. @param {string} reason @param {Event} [event] */
  rejectFor(reason, event) {
    const card = this.shown;
    if (!card) return false;
    return reason ? this.decide(rejects(card), { reason, event }) : this.askReason(event);
  }

  get lastReason() {
    return this.#lastReason;
  }

  /** Opens the panel of reasons; a second time closes it. @param {Event} [event] none where it cannot be a mistake */
  askReason(event) {
    const card = this.shown;
    if (!card) return false;
    if (reasons.isOpen(card)) return this.leaveReasons(), true;
    if (event && !this.pressed(event)) return true;
    if (!can(card, rejects(card))) return this.#leave(card, "reject");
    return reasons.open(card, this.#lastReason);
  }

  leaveReasons() {
    if (this.shown) reasons.close(this.shown);
    this.refocus();
  }

  /** Takes back what was done last; again for what was done before. */
  takeBack() {
    const last = this.undo.pop();
    if (!last) return this.board.says(say("nothing-to-undo")), true;
    const { card } = last;
    const left = this.#reverse(last);
    if (card && left && last.step) risen(card);
    // A decision raises the version, and its undo again; putting off and bringing back do not.
    if (card && left && !last.act) card.dataset.version = String(Number(card.dataset.version) + 2);
    this.#pressedAt = performance.now();
    this.putBack(last, left);
    this.board.says(say("undone", { name: last.name }));
    return true;
  }

  /** Reverses one act: takes it out of the outbox, or sends what reverses it, and says that something was left to send. @param {Done} done */
  #reverse({ n, id, name, decision, step, act }) {
    if (n && this.outbox.takeOut(n)) return false;
    this.outbox.add(act === "later" ? { act: "back", id, name } : { act: "undo", id, name, of: n, decision, step });
    return true;
  }

  /** Sends one of a card's other forms, and shows the card as it is then. @param {HTMLFormElement} form @param {HTMLButtonElement | null} button */
  async sends(form, button) {
    const card = this.shown;
    if (!card) return;
    try {
      await this.server.form(form, button);
    } catch {
      return this.board.says(say("not-sent"));
    }
    this.board.says(say("done", { name: nameOf(card) }));
    await this.renew(card.id);
  }

  /** @param {Act} act @param {Result} result */
  #answered(act, result) {
    if (act.act === "back") return;
    for (const other of result.near ?? []) {
      if (other.result === "ok") continue;
      this.board.conflict(act, other);
      if (act.act !== "undo" && other.id) this.late(other.id, other, isOver(act, other));
    }
    if (act.act === "undo") {
      if (result.result !== "ok" && result.result !== "dropped") this.board.conflict(act, result);
      this.undone(act, result);
    } else if (result.result === "ok") {
      if (result.decision) this.undo.named(act.n, result.decision);
    } else {
      if (!result.near?.some((other) => other.result === "ok")) this.undo.forget(act.n), this.board.unsays(act.n);
      this.board.conflict(act, result);
      this.late(act.id, result, isOver(act, result));
    }
  }
}

/** Whether nothing is left to decide after somebody was faster. @param {Act} act @param {Result} result */
const isOver = (act, result) => isDone(act.verb, result) || result.status === "erased" || result.code === "not_found";
