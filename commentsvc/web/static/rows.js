// @ts-check
// The desk of the List view: rows, and beside them the card of the one that is open. A row that something was done to
// stays where it is and says so; the next one is read at once, from what was fetched ahead.

import { Ahead } from "./ahead.js";
import { isTaken, tell } from "./card.js";
import { Desk, UNASKED_MS } from "./desk.js";
import { isTyping, print } from "./keys.js";
import { fetched, insert, later } from "./pane.js";
import { addressOf, close, hasChanged, idOf, isDone, isLate, linkOf, mark, openRow, reopen, rows, rowsOf, saidBy, tellLate } from "./row.js";
import { say } from "./says.js";
import * as ticks from "./ticks.js";

/**
 * @typedef {import("./desk.js").Act} Act
 * @typedef {import("./desk.js").Result} Result
 * @typedef {import("./desk.js").Done} Done
 */

const AHEAD = 2;
const AGAIN_MS = 2_000;
const [LOW, NEWS_MS] = [5, 15_000]; // with so few rows left, or after so long, the list is asked for what has come in

const pane = () => /** @type {HTMLElement} */ (document.getElementById("reading"));

export class Rows extends Desk {
  #ahead = new Ahead((row) => this.#fetch(row));
  /** The number of what was opened last. */
  #opened = 0;
  #heardAt = performance.now();
  /** Whether its card is still to come. */
  #comes = false;
  /** Whether all rows here are done, and others are to be looked for as soon as that is saved. */
  #ended = false;
  /** The comment that an undo brings back, which has no card here. */
  #undone = "";
  /** @type {(() => void)[]} */
  #whenSaved = [];

  /** Whether this person decides here; who only reads goes through the rows by the same keys. */
  decides = document.getElementById("desk")?.dataset.work !== "";

  /** @override */
  get shown() {
    const card = /** @type {HTMLElement | null} */ (document.querySelector("#reading > article.card"));
    return (!this.#comes && card) || undefined;
  }

  /** Begins with the page as it is; what was done to its comments and is not saved yet, is done. */
  start() {
    this.#opened++;
    this.#comes = false;
    for (const { act, id, near = [] } of this.outbox.acts) {
      const back = act === "undo" || act === "back";
      const said = this.undo.last(id)?.did;
      for (const row of rowsOf(id, ...near.map((one) => one.id))) back ? reopen(row) : close(row, said);
    }
    const row = openRow();
    if (!row || !isDone(row)) return this.faced();
    if (this.shown) this.shown.dataset.done = "";
    this.#goOn(row);
  }

  /**
   * Reads a row's comment beside the rows; the row is marked at once.
   * @param {HTMLElement} row
   * @param {{ unseen?: number, card?: HTMLElement, onward?: boolean }} [how] `unseen`: as in `faced`; `card`: where it is
   *   known; `onward`: nobody chose this row, so that one which turns out to be done is passed over
   */
  open(row, { unseen, card = this.#kept(row), onward = false } = {}) {
    mark(row);
    if (!isTyping(document.activeElement)) this.refocus();
    this.#undone = "";
    this.#ended = false;
    const found = card ?? this.#ahead.take(row);
    const turn = ++this.#opened;
    if (found instanceof HTMLElement) this.#show(row, found, unseen);
    else void this.#await(row, found, turn, onward);
  }

  /** The card of a row that something was done to, while the server does not know of it. @param {HTMLElement} row */
  #kept(row) {
    const id = idOf(row);
    return this.outbox.ids.has(id) ? this.undo.last(id)?.card : undefined;
  }

  /** @param {HTMLElement} row @param {HTMLElement | Promise<HTMLElement>} coming @param {number} turn @param {boolean} onward */
  async #await(row, coming, turn, onward) {
    this.awaits();
    if (this.shown) this.shown.inert = true;
    this.#comes = true;
    pane().ariaBusy = "true";
    try {
      const card = await coming;
      if (turn !== this.#opened) return; // another row was opened meanwhile
      this.#show(row, card, UNASKED_MS);
      if (onward && isDone(row)) this.#goOn(row);
    } catch (problem) {
      if (turn !== this.#opened) return;
      const away = /** @type {import("./wire.js").Problem} */ (problem).code === "unreachable";
      if (!away && !this.outbox.unsent) return location.assign(addressOf(row));
      this.board.says(say("not-sent"));
      setTimeout(() => turn === this.#opened && this.#await(row, this.#ahead.take(row), turn, onward), AGAIN_MS);
    }
  }

  /** @param {HTMLElement} row @param {HTMLElement} card @param {number} [unseen] */
  #show(row, card, unseen) {
    card.toggleAttribute("data-done", isDone(row) && this.outbox.ids.has(card.id));
    card.inert = false;
    if (isLate(row)) tell(card, saidBy(row));
    this.#fill(card);
    history.replaceState(null, "", addressOf(row));
    this.faced(unseen);
  }

  /** Puts something into the pane; the focus that was there stays with what is read. @param {HTMLElement} content */
  #fill(content) {
    const had = document.activeElement === document.body || pane().contains(document.activeElement);
    for (const old of pane().querySelectorAll(":scope > :not(.back-to-rows)")) if (old !== content) old.remove();
    pane().append(content);
    pane().ariaBusy = null;
    pane().scrollTop = 0;
    print(pane());
    this.#comes = false;
    if (had) this.refocus();
  }

  /** The card of a row as it stands now. @param {HTMLElement} row */
  async #fetch(row) {
    const card = await (this.decides ? this.one(idOf(row), new URL(location.href).searchParams.get("q") ?? "") : this.#listed(row));
    if (!card) throw new Error("gone");
    if (!hasChanged(row) && card.dataset.status !== row.dataset.status) this.#left(row, card);
    else if (isLate(row) && !card.dataset.verbs) this.#left(row, card, saidBy(row)); // somebody else may turn it, perhaps
    return card;
  }

  /** The card of a row from the page that it leads to: who only reads has no desk to ask. @param {HTMLElement} row */
  async #listed(row) {
    const { page } = await fetched(addressOf(row));
    const card = page.querySelector("#reading > article.card");
    return card?.id === idOf(row) ? /** @type {HTMLElement} */ (document.adoptNode(card)) : undefined;
  }

  /** A colleague was faster, and nothing is left to do. @param {HTMLElement} row @param {HTMLElement} card @param {string} [said] */
  #left(row, card, said = card.querySelector(".decided")?.textContent?.trim() ?? "") {
    tellLate(row, said, { done: true, version: Number(card.dataset.version) });
    if (row !== openRow()) this.painted();
  }

  /** @override */
  painted() {
    const row = openRow();
    if (!row) return;
    const left = this.#following(row);
    this.#ahead.wants(left.slice(0, AHEAD));
    if (this.#ended || (left.length >= LOW && performance.now() - this.#heardAt < NEWS_MS)) return;
    this.#heardAt = performance.now();
    void later().catch(() => {}); // it is asked again
  }

  /** The rows that something is left to do for, from this one on, and then from the first. @param {HTMLElement} row */
  #following(row) {
    const all = rows();
    const at = all.indexOf(row);
    return [...all.slice(at + 1), ...all.slice(0, at)].filter((one) => !isDone(one));
  }

  /** @override In a narrow window the rows are not seen while a comment is read: then the card has the focus. */
  refocus() {
    const link = linkOf(openRow());
    link?.focus({ preventScroll: true });
    if (document.activeElement !== link) this.shown?.querySelector("h2")?.focus();
  }

  /** @override @param {number} step */
  move(step) {
    const all = rows();
    const at = all.findIndex((row) => row === openRow());
    const row = all[at < 0 ? 0 : at + step];
    this.pressed();
    if (row) this.open(row);
    return true;
  }

  /** @override @param {HTMLElement} card @param {Done} [done] */
  take(card, done) {
    const [row] = rowsOf(card.id);
    if (row && done && isDone(row)) done.was = saidBy(row);
    if (row) close(row, done?.did);
    for (const panel of card.querySelectorAll("details[open]")) panel.removeAttribute("open");
    card.dataset.done = "";
    document.getElementById("status")?.remove(); // it is about what was done before this
    if (row) this.#goOn(row);
  }

  /** Reads what comes next; without any the last stays, and says what was done to it. @param {HTMLElement} row */
  #goOn(row) {
    const next = this.#following(row)[0];
    if (next) return this.open(next, { onward: true });
    this.#ended = true;
    if (this.shown) tell(this.shown, saidBy(row));
    this.refocus();
    this.faced();
    this.changed();
  }

  /** @override Who went back to a card before it was saved gets it as it is then, but not while they write. */
  changed() {
    super.changed();
    if (this.outbox.unsent) return;
    for (const go of this.#whenSaved.splice(0)) go();
    if (this.#ended) void this.#more();
    else if (this.shown && isTaken(this.shown) && !isTyping(document.activeElement)) this.renew(this.shown.id);
  }

  /** When everything is saved. @returns {Promise<void>} */
  saved() {
    if (!this.outbox.unsent) return Promise.resolve();
    this.outbox.hurry();
    return new Promise((resolve) => this.#whenSaved.push(resolve));
  }

  /** All rows here are done: looks for others, or says in the list's own words that there are none. */
  async #more() {
    this.#ended = false;
    const turn = this.#opened;
    try {
      const page = await later();
      if (!page || turn !== this.#opened) return;
      const next = rows().find((row) => !isDone(row));
      const nothing = /** @type {HTMLElement | null} */ (page.querySelector(".choosing > .empty"));
      if (next) return this.open(next, { unseen: UNASKED_MS, onward: true });
      if (!nothing) return this.renew(idOf(/** @type {HTMLElement} */ (openRow())));
      this.#fill(document.adoptNode(nothing));
      nothing.tabIndex = -1;
      nothing.focus({ preventScroll: true });
    } catch {
      // The rows are done and say so; the list can be loaded anew.
    }
  }

  /** @override @param {Done} done @param {boolean} left */
  putBack({ id, card, act, was }, left) {
    const [row] = rowsOf(id);
    if (row && was) close(row, was);
    else if (row) reopen(row, card?.dataset.version);
    if (row && card) this.open(row, { unseen: 0, card });
    else if (left && !act) this.#undone = id; // it is shown as soon as the server knows
    else if (row) this.open(row, { unseen: UNASKED_MS });
    else void this.#bring(id);
  }

  /** @override @param {string} id @param {Result} result @param {boolean} over */
  late(id, { said = say("changed-meanwhile"), version }, over) {
    const [row] = rowsOf(id);
    if (!row) return;
    tellLate(row, said, { done: over, version });
    if (!over && (row === openRow() || !pane().querySelector("article.card"))) this.open(row, { unseen: UNASKED_MS, onward: true });
  }

  /** @override @param {Act} act @param {Result} result */
  undone(act, result) {
    if (result.result === "dropped") return;
    if (result.result !== "ok") return this.late(act.id, result, false);
    for (const { id = "", version } of [{ ...result, id: act.id }, ...(result.near ?? [])]) {
      const card = this.shown;
      for (const row of rowsOf(id)) ticks.allow(row, !isDone(row), version);
      if (card?.id === id && version) card.dataset.version = String(version);
    }
    const [row] = rowsOf(act.id);
    if (!row) void this.#bring(act.id, ...(result.near ?? []).map(({ id = "" }) => id));
    else if (this.#undone === act.id) this.open(row, { unseen: UNASKED_MS });
  }

  /** @override @param {string} id */
  renew(id) {
    const [row] = rowsOf(id);
    if (!row) return;
    row.dataset.changed = "";
    if (row === openRow()) this.open(row, { unseen: UNASKED_MS });
  }

  /** Comments that came back have their rows again, as far as this list has them; the first is read. @param {string[]} ids */
  async #bring(...ids) {
    const address = new URL(location.href);
    address.searchParams.set("at", ids[0]);
    try {
      const { page } = await fetched(address.href.split("#")[0]);
      const there = page.getElementById(`row-${ids[0]}`);
      if (there && !document.getElementById("lines")) return location.assign(address);
      insert(page, ids.map((id) => `row-${id}`));
      const [row] = rowsOf(ids[0]);
      if (row) this.open(row, { unseen: UNASKED_MS });
    } catch {
      // They are in the list of what waits, or in the log.
    }
  }
}
