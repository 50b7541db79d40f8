// @ts-check
// The panel of reasons of a card: opened by a key, answered by a digit; the form in it works without any of this.

/** The reason that the note says: the author reads the note then. */
export const OWN = "own";

/** @param {HTMLElement} card */
const panelOf = (card) => /** @type {HTMLDetailsElement | null} */ (card.querySelector("details.reject"));

/** @param {HTMLElement} card @returns {HTMLInputElement[]} */
const choices = (card) => [...card.querySelectorAll("details.reject input[name=reason]")].map((one) => /** @type {HTMLInputElement} */ (one));

/** @param {HTMLElement} card */
const noteOf = (card) => /** @type {HTMLTextAreaElement | null} */ (card.querySelector("details.reject textarea"));

/** @param {HTMLElement} card */
export const isOpen = (card) => panelOf(card)?.open === true;

/** Opens the panel with a reason ready: the suggested one, else the last. @param {HTMLElement} card @param {string} last */
export function open(card, last) {
  const panel = panelOf(card);
  if (!panel) return false;
  panel.open = true;
  const wanted = card.dataset.suggested || last;
  const all = choices(card);
  const ready = all.find((one) => one.checked) ?? all.find((one) => one.value === wanted) ?? all[0];
  ready?.focus({ preventScroll: true });
  return true;
}

/** @param {HTMLElement} card */
export function close(card) {
  const panel = panelOf(card);
  if (panel) panel.open = false;
}

/** The note that was typed. @param {HTMLElement} card */
export const note = (card) => noteOf(card)?.value.trim() ?? "";

/**
 * What a key means while the panel is open: a reason's code, `OWN` for a sentence of one's own, "close", or nothing.
 * @param {HTMLElement} card
 * @param {string} key
 */
export function meant(card, key) {
  if (key === "Escape") return "close";
  if (key === "0") return OWN;
  const listed = choices(card).filter(({ value }) => value !== OWN);
  return /^[1-9]$/.test(key) ? (listed[Number(key) - 1]?.value ?? "") : "";
}

/** Lets somebody write what the author shall read. @param {HTMLElement} card @param {string} [words] */
export function write(card, words = "") {
  const panel = panelOf(card);
  const own = choices(card).find(({ value }) => value === OWN);
  const note = noteOf(card);
  if (!panel || !own || !note) return;
  panel.open = own.checked = true;
  if (words && !note.value) note.value = words;
  note.focus();
}

/** A reason's name. @param {HTMLElement} card @param {string} code */
export function called(card, code) {
  const label = choices(card)
    .find((one) => one.value === code)
    ?.closest("label");
  return label?.dataset.called ?? label?.textContent?.trim() ?? code;
}
