// @ts-check
// What this person did in this tab, newest last, to be taken back one by one; it survives a reload.

const DEEP = 50;

/**
 * @typedef {object} Done
 * @property {number} n the act's number in the outbox, 0 where it is from before this tab
 * @property {string} id the comment
 * @property {string} name its author
 * @property {string} [decision] the decision's id, as soon as it is known
 * @property {HTMLElement} [card] as it was taken away, while this page lives
 * @property {"later"} [act] where it was no decision
 * @property {string} [step] the step of many decisions that it stands for; all of it is undone
 * @property {string} [did] what was done, as a row of a list says it
 * @property {string} [was] what that row said before
 */

export class Undo {
  /** @type {Done[]} */
  #done = [];

  /**
   * @param {Storage | null} storage
   * @param {string} key
   */
  constructor(storage, key) {
    this.#storage = storage;
    this.#key = key;
    try {
      this.#done = JSON.parse(storage?.getItem(key) ?? "[]");
    } catch {
      this.#done = [];
    }
  }

  #storage;
  #key;

  get size() {
    return this.#done.length;
  }

  /** @param {Done} done */
  push(done) {
    this.#done.push(done);
    this.#done.splice(0, this.#done.length - DEEP);
    this.#keep();
  }

  /** The last thing done, which is no longer there to be undone again. */
  pop() {
    const last = this.#done.pop();
    this.#keep();
    return last;
  }

  /** The last thing done to a comment. @param {string} id */
  last(id) {
    return this.#done.findLast((one) => one.id === id);
  }

  /**
   * What was decided before this tab was opened, newest first; it lies under all that was done here.
   * @param {Done[]} older
   */
  below(older) {
    const known = new Set(this.#done.map((one) => one.step || one.decision));
    this.#done.unshift(...older.filter((one) => !known.has(one.step || one.decision)).reverse());
    this.#done.splice(0, this.#done.length - DEEP);
    this.#keep();
  }

  /**
   * A decision now has a name by which it can be undone after a reload too.
   * @param {number} n
   * @param {string} decision
   */
  named(n, decision) {
    const found = this.#done.find((one) => one.n === n);
    if (found) found.decision = decision;
    this.#keep();
  }

  /** It is undone already, by its own button. @param {string} name of the decision, or of the step */
  without(name) {
    this.#done = this.#done.filter(({ step, decision }) => step !== name && decision !== name);
    this.#keep();
  }

  /** It came to nothing: there is nothing to undo. @param {number} n */
  forget(n) {
    this.#done = this.#done.filter((one) => one.n !== n);
    this.#keep();
  }

  #keep() {
    const plain = this.#done.map(({ card: _, ...kept }) => kept);
    try {
      this.#storage?.setItem(this.#key, JSON.stringify(plain));
    } catch {
      // Only a reload will miss it.
    }
  }
}
