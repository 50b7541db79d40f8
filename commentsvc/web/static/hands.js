// @ts-check
// Hands at the desk: which key, button or thumb does what.

import { meantBy, rejects } from "./card.js";
import { showHelp, showSettings } from "./dialogs.js";
import { find } from "./find.js";
import { listen, print } from "./keys.js";
import { peek } from "./peek.js";
import * as reasons from "./reasons.js";
import { say } from "./says.js";

/** @typedef {import("./desk.js").Desk} Desk */

/** @typedef {Record<string, (event: Event) => boolean | void>} Does what is done by a name; false where there was nothing to do */

/**
 * Keys and buttons.
 * @param {Desk} desk
 * @param {HTMLElement | Document} root what holds its cards
 * @param {Does} [own] what this view does instead or besides; what it has nothing to do for is done as everywhere
 * @param {(key: string) => boolean} [first] sees every key before its card does; whether it took it
 */
export function hands(desk, root, own = {}, first = () => false) {
  const shown = () => desk.shown;
  const suggested = () => shown()?.dataset.suggested ?? "";
  const dialog = (/** @type {string} */ id) => /** @type {HTMLDialogElement} */ (document.getElementById(id));
  /** @type {Does} */
  const acts = {
    approve: (event) => desk.decide(meantBy("approve", shown()), { event }),
    spam: (event) => desk.decide("spam", { event }),
    feature: (event) => desk.decide(meantBy("feature", shown()), { event }),
    not_spam: (event) => desk.decide("not_spam", { event }),
    reject: (event) => (meantBy("reject", shown()) === "uphold" ? desk.decide("uphold", { event }) : desk.askReason(event)),
    suggested: (event) => desk.rejectFor(suggested(), event),
    repeat: (event) => desk.rejectFor(desk.lastReason, event),
    undo: () => desk.takeBack(),
    later: (event) => desk.putOff(event),
    ask: () => open(shown(), "ask"),
    note: () => open(shown(), "write"),
    restrict: () => open(shown(), "restrict"),
    "approve-all": (event) => desk.decide("approve", { event, all: true }),
    "reject-all": (event) => rejectAll(desk, event),
    next: () => desk.move(1),
    previous: () => desk.move(-1),
    expand: () => readOn(shown()),
    context: () => toggleContext(),
    thread: () => look(dialog("peek"), shown()),
    why: () => (desk.board.says(shown()?.querySelector(".why")?.textContent?.trim() || say("no-why")), true),
    site: () => press(shown()?.querySelector(".of a")),
    search: () => find(),
    go: () => ((goes = true), true),
    help: () => showHelp(dialog("help"), works),
    keys: () => {
      dialog("help").close();
      showSettings(dialog("keys"), works);
    },
    "lane-before": () => press(lane(-1)),
    "lane-after": () => press(lane(1)),
  };
  let goes = false;
  const works = (/** @type {string} */ does) => does in acts || does in own;
  const perform = (/** @type {string} */ does, /** @type {Event} */ event) =>
    [own, acts].some((one) => does in one && one[does](event) !== false);
  listen(perform, (key, event) => {
    if (goes) return (goes = false), press(/^[A-Z]$/.test(key) ? document.querySelector(`[data-go="${key}" i]`) : null) || true;
    if (first(key)) return true;
    const card = shown();
    const aside = card?.querySelector("details:not(.reject)[open]");
    if (card && aside && key === "Escape") return leave(card);
    if (aside?.matches(".restrict") && /^[1-5]$/.test(key)) return press(aside.querySelectorAll("[name=span]")[Number(key) - 1]);
    if (!card || !reasons.isOpen(card)) return false;
    const meant = reasons.meant(card, key);
    if (meant === "close") desk.leaveReasons();
    else if (meant === reasons.OWN) reasons.write(card);
    else if (meant) desk.decide(rejects(card), { reason: meant, event, chosen: true });
    else return key !== "Tab" && !key.startsWith("Arrow") && key !== "Space" && key !== "Enter" && key !== rejectKey(card);
    return true;
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-does]") : null;
    if (!(button instanceof HTMLElement) || button.closest("form, details")) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (perform(button.dataset.does ?? "", event)) event.preventDefault();
  });
  root.addEventListener("submit", (event) => submitted(desk, /** @type {SubmitEvent} */ (event)));
  thumbs(desk, root);
  rememberContext();
  print();
  new MutationObserver(() => print(root)).observe(root, { childList: true });
}

/**
 * Under a thumb, Reject rejects for the suggested reason where there is one, and a long press opens the reasons; without
 * a suggestion it opens them at once.
 * @param {Desk} desk @param {HTMLElement | Document} root
 */
function thumbs(desk, root) {
  let touches = false;
  let held = false;
  const isReject = (/** @type {Event} */ { target }) => {
    const summary = target instanceof Element ? target.closest(".reject > summary") : null;
    return summary !== null && desk.shown?.contains(summary) === true;
  };
  const begins = (/** @type {Event} */ event) => {
    touches = event instanceof PointerEvent && event.pointerType === "touch";
    held = false;
  };
  root.addEventListener("pointerdown", begins, true);
  root.addEventListener("contextmenu", (event) => {
    if (!touches || !isReject(event)) return;
    event.preventDefault();
    held = true;
    desk.askReason();
  });
  root.addEventListener("click", (event) => {
    if (!isReject(event)) return;
    event.preventDefault();
    const reason = desk.shown?.dataset.suggested;
    if (touches && held) held = false;
    else if (touches && reason) desk.rejectFor(reason, event);
    else desk.askReason(event);
  });
}

/** A decision's form goes through the outbox as its key does. @param {Desk} desk @param {SubmitEvent} event */
function submitted(desk, event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  if (!desk.shown?.contains(form)) return;
  event.preventDefault();
  if (form.closest(".context")) return void desk.sends(form, button);
  if (form.matches(".off")) return void desk.putOff(event);
  if (form.matches(".ask form")) return void desk.ask(String(new FormData(form).get("note") ?? "").trim(), event);
  if (button?.name !== "decision") return;
  const reason = String(new FormData(form).get("reason") ?? "");
  desk.decide(button.value, { reason, event, chosen: form.closest("details") !== null });
}

/** Opens one of a card's small forms; a second time closes it. @param {HTMLElement | undefined} card @param {string} name */
function open(card, name) {
  const panel = /** @type {HTMLDetailsElement | null | undefined} */ (card?.querySelector(`details.${name}`));
  if (!card || !panel) return false;
  if (panel.open) return leave(card);
  document.documentElement.removeAttribute("data-no-context");
  panel.open = true;
  /** @type {HTMLElement | null} */ (panel.querySelector("textarea, input[type=checkbox], button"))?.focus();
  return true;
}

/** Closes what was opened on a card, and goes back to it. @param {HTMLElement} card */
function leave(card) {
  for (const panel of card.querySelectorAll("details[open]")) panel.removeAttribute("open");
  card.querySelector("h2")?.focus({ preventScroll: true });
  return true;
}

/** Opens the conversation that the comment is part of, on top; where that fails its page is opened. @param {HTMLDialogElement} dialog @param {HTMLElement | undefined} card */
function look(dialog, card) {
  const link = /** @type {HTMLAnchorElement | null | undefined} */ (card?.querySelector("a[data-talk]"));
  if (!card || !link) return false;
  peek(dialog, link.href, card.id).catch(() => link.click());
  return true;
}

/** All that say nearly the same, for the suggested reason or the last; without one somebody has to choose. @param {Desk} desk @param {Event} event */
function rejectAll(desk, event) {
  const card = desk.shown;
  const reason = card?.dataset.suggested || desk.lastReason;
  return card && reason ? desk.decide(rejects(card), { reason, event, all: true }) : desk.askReason(event);
}

/** @param {HTMLElement} card */
const rejectKey = (card) => card.querySelector(".reject > summary")?.getAttribute("aria-keyshortcuts");

/** @param {Element | null | undefined} found */
function press(found) {
  if (!(found instanceof HTMLElement)) return false;
  found.click();
  return true;
}

/** @param {number} step */
function lane(step) {
  const all = [...document.querySelectorAll("[data-lane]")];
  return all[all.findIndex((one) => one.ariaCurrent) + step];
}

/** A long comment, a screen at a time. @param {HTMLElement | undefined} card */
function readOn(card) {
  const read = card?.querySelector(".read");
  const scrolls = read && read.scrollHeight > read.clientHeight ? read : document.scrollingElement;
  const before = scrolls?.scrollTop;
  scrolls?.scrollBy({ top: scrolls.clientHeight * 0.8, behavior: "instant" });
  if (scrolls && scrolls.scrollTop === before) scrolls.scrollTo({ top: 0, behavior: "instant" });
  return true;
}

const CONTEXT = "console:context";

/** Leaves the context away where this browser was told to. */
function rememberContext() {
  try {
    document.documentElement.toggleAttribute("data-no-context", localStorage.getItem(CONTEXT) === "off");
  } catch {
    // Storage is forbidden here: it is shown.
  }
}

function toggleContext() {
  const hidden = document.documentElement.toggleAttribute("data-no-context");
  try {
    localStorage.setItem(CONTEXT, hidden ? "off" : "on");
  } catch {
    // As long as the page lives, then.
  }
  return true;
}
