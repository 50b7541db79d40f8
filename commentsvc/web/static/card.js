// @ts-check
// What a card says of itself.

/** Its author's name. @param {Element} card */
export const nameOf = (card) => card.querySelector("h2")?.textContent?.trim() ?? "";

/** Writes what happened into a card. @param {Element} card @param {string} sentence */
export function tell(card, sentence) {
  const line = card.querySelector(".happened") ?? document.createElement("p");
  line.className = "happened";
  line.textContent = sentence;
  card.querySelector(".read")?.prepend(line);
}

/** What a key's decision is for this card: what was reported is kept, a decision upheld, featuring ended. @type {Record<string, string[]>} */
const INSTEAD = { approve: ["approve", "keep", "not_spam"], reject: ["reject", "uphold"], feature: ["feature", "unfeature"] };

/** @param {string} verb @param {HTMLElement | null | undefined} card */
export function meantBy(verb, card) {
  const possible = card?.dataset.verbs?.split(" ") ?? [];
  return INSTEAD[verb].find((one) => possible.includes(one)) ?? verb;
}

/** What a comment is when this has been done to it. @param {string} [verb] */
export const wantedStatus = (verb) => ({ approve: "approved", reject: "rejected", spam: "spam", turn_down: "approved" })[verb ?? ""];

/**
 * Whether what somebody else decided is what was wanted.
 * @param {string | undefined} verb @param {import("./outbox.js").Result} result
 */
export const isDone = (verb, result) =>
  Boolean(verb && result.verb === verb) || (!result.edited && result.status === wantedStatus(verb));

/** Whether something was done to the card here, and nothing else can be until that is saved. @param {HTMLElement} card */
export const isTaken = (card) => "done" in card.dataset;

/** Whether this can be done to it. @param {HTMLElement} card @param {string} verb */
export const can = (card, verb) => !isTaken(card) && card.dataset.verbs?.split(" ").includes(verb) === true;

/** What is done for a reason here: of an edit of a published comment, the edit alone is turned down. @param {HTMLElement} card */
export const rejects = (card) => card.dataset.rejects ?? "reject";

/** The comments that say nearly the same, at the versions that were seen. @param {HTMLElement} card */
export const nearOf = (card) => (card.dataset.near ?? "").split(" ").filter(Boolean).map(versioned);

/** Those near to this one were decided and undone: the version of each has risen by two. @param {HTMLElement} card */
export const risen = (card) => keepNear(card, nearOf(card).map(({ id, version }) => ({ id, version: version + 2 })));

/** From now on these say nearly the same. @param {HTMLElement} card @param {{ id: string, version: number }[]} near */
export function keepNear(card, near) {
  card.dataset.near = near.map(({ id, version }) => `${id}:${version}`).join(" ");
  return near;
}

/** @param {string} text `ID:VERSION` */
function versioned(text) {
  const [id, version] = text.split(":");
  return { id, version: Number(version) };
}
