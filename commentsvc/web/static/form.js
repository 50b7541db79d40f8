// @ts-check
// The form: code and sound in place, draft, quiet validation, preview, sending without losing a word.

import { byId, counted, fetched, hear, stored, tell } from "./kit.js";

const FREE_MS = 3000; // a request may stall and never be answered
const NEAR = 200; // characters from the limit at which the count is shown

const home = document.createComment("the form's own place");
const note = document.createElement("p");
note.className = "comments-replying";

/** @returns {HTMLFormElement | null} */
const form = () => document.querySelector(".comments-write form");
/** @param {string} name */
const field = (name) => /** @type {HTMLInputElement} */ (form()?.elements.namedItem(name));
/** @param {string} name a message that came with the form */
const says = (name) => form()?.dataset[name] ?? "";
const send = () => /** @type {HTMLButtonElement} */ (byId("comments-send"));
/** @param {string} words */
const say = (words) => void (byId("comments-said") ?? note).replaceChildren(words);
/** @param {string | undefined} thread */
const draftKey = (thread) => `comments:${thread}`;
/** @param {HTMLInputElement} one */
const valueOf = (one) => (one.type === "checkbox" ? one.checked : one.value);

/** The fields a reader fills in. */
const typed = () =>
  /** @type {HTMLInputElement[]} */ ([...(form()?.elements ?? [])]).filter(
    (one) => one.name && !["hidden", "submit", "button"].includes(one.type),
  );

export function openForm() {
  const section = form()?.closest("section");
  if (!section) return;
  section.before(home);
  const answered = restore();
  wire();
  const link = answered && document.querySelector(`a.comments-reply[data-parent="${CSS.escape(answered)}"]`);
  if (link) answer(/** @type {HTMLElement} */ (link));
  document.addEventListener("click", reply);
  hear("leaving", () => home.after(/** @type {Node} */ (form()?.closest("section"))));
  hear("sent", (thread) => stored("sessionStorage", (storage) => storage.removeItem(draftKey(thread))));
  addEventListener("offline", () => say(says("offline")));
  addEventListener("online", () => say(says("online")));
  addEventListener("pageshow", free);
  /** @type {HTMLElement | null} */ (section.querySelector("[autofocus]"))?.focus();
}

/** Everything that hangs on the form's own elements: again for each form that an answer brings. */
function wire() {
  const here = form();
  if (!here) return;
  here.addEventListener("submit", submit);
  here.addEventListener("input", (event) => {
    keep();
    if (event.target instanceof HTMLElement) amend(/** @type {HTMLInputElement} */ (event.target));
    count();
  });
  here.addEventListener("focusout", (event) => {
    const one = /** @type {HTMLInputElement} */ (event.target);
    if (valueOf(one) && typed().includes(one)) later(() => judge(one));
  });
  here.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) here.requestSubmit(send());
  });
  listen();
  count();
}

// The draft

/** What was typed is there again when the page is loaded again; returns the comment that it answers, if any. */
function restore() {
  const empty = typed().every((one) => !valueOf(one) || one.name === "code");
  if (!empty || field("parent").value) return "";
  const draft = stored("sessionStorage", (storage) => JSON.parse(storage.getItem(draftKey(says("draft"))) ?? "{}")) ?? {};
  for (const one of typed()) {
    if (typeof draft[one.name] === "boolean") one.checked = draft[one.name];
    else if (typeof draft[one.name] === "string" && one.name !== "code") one.value = draft[one.name];
  }
  if (draft.text) say(says("restored"));
  return draft.text && typeof draft.parent === "string" ? draft.parent : "";
}

function keep() {
  const all = [...typed().filter((one) => one.name !== "code"), field("parent")];
  const draft = Object.fromEntries(all.map((one) => [one.name, valueOf(one)]));
  stored("sessionStorage", (storage) => storage.setItem(draftKey(says("draft")), JSON.stringify(draft)));
}

// Quiet validation: nothing is said of a field before its reader has left it, and it is taken back at once.

/** @param {HTMLInputElement} one */
function problem({ name, type, value, checked, required }) {
  const empty = type === "checkbox" ? !checked : !value.trim();
  if (empty) return required ? "required" : "";
  if (name === "email" && !/^\s*[^\s@]+@[^\s@]+\s*$/.test(value)) return "invalidEmail";
  if (name === "text" && [...value.trim()].length < 2) return "tooShort";
  return name === "text" && length() > Number(says("textMax")) ? "tooLong" : "";
}

/** @param {HTMLInputElement} one */
function judge(one) {
  const wrong = problem(one);
  const id = `${one.id}-problem`;
  const line = byId(id) ?? document.createElement("p");
  one.closest(".comments-field")?.classList.toggle("comments-wrong", Boolean(wrong));
  const others = (one.getAttribute("aria-describedby") ?? "").split(" ").filter((other) => other && other !== id);
  const described = wrong ? [id, ...others] : others;
  if (described.length) one.setAttribute("aria-describedby", described.join(" "));
  else one.removeAttribute("aria-describedby");
  if (!wrong) {
    one.removeAttribute("aria-invalid");
    line.remove();
    return true;
  }
  one.setAttribute("aria-invalid", "true");
  Object.assign(line, { id, className: "comments-problem", textContent: says(wrong) });
  one.closest(".comments-field")?.append(line);
  return false;
}

let pressed = false;
addEventListener("pointerdown", () => (pressed = true), true);
for (const event of ["pointerup", "pointercancel"]) addEventListener(event, () => (pressed = false), true);

/**
 * What moves the page waits until a button that is being pressed has been let go: it must not slip away.
 * @param {() => unknown} act
 */
function later(act) {
  if (pressed) addEventListener("pointerup", () => setTimeout(act), { once: true });
  else act();
}

/** @param {HTMLInputElement} one */
function amend(one) {
  if (one.getAttribute("aria-invalid") && !problem(one)) judge(one);
}

/** As the server counts: characters, not the halves of them. */
const length = () => [...field("text").value.normalize("NFC")].length;

function count() {
  const left = Number(says("textMax")) - length();
  let line = byId("comments-left");
  if (left > NEAR) return line?.remove();
  if (!line) {
    line = document.createElement("p");
    line.id = "comments-left";
    line.className = "comments-hint";
    line.setAttribute("role", "status");
    field("text").after(line);
  }
  line.classList.toggle("comments-problem", left < 0);
  line.textContent = counted(says(left < 0 ? "over" : "left"), Math.abs(left));
}

// The code

/** One button in the place of the browser's player: to be heard, to be stopped. */
function listen() {
  const sound = /** @type {HTMLAudioElement | null} */ (byId("comments-sound"));
  const button = /** @type {HTMLButtonElement | null} */ (byId("comments-listen"));
  if (!sound || !button) return;
  const words = button.textContent ?? "";
  const label = () => void (button.textContent = sound.paused ? words : says("pause"));
  sound.hidden = true;
  sound.controls = button.hidden = false;
  for (const event of ["play", "pause", "ended"]) sound.addEventListener(event, label);
  button.addEventListener("click", () => {
    if (!sound.paused) return sound.pause();
    sound.play().catch((error) => error.name !== "AbortError" && say(says("noSound")));
  });
}

/** A new code without loading the page again; where that fails the button does what it does without a script. */
async function newCode() {
  const [url, thread] = [field("url").value, field("thread").value];
  const answer = await fetch("/api/v1/challenges", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ site: says("site"), url, ...(thread && { thread }) }),
  });
  if (!answer.ok) throw new Error(String(answer.status));
  const { challenge } = await answer.json();
  const address = `/challenges/${encodeURIComponent(challenge)}`;
  const sound = /** @type {HTMLAudioElement} */ (byId("comments-sound"));
  sound.pause();
  sound.src = address + ".wav";
  /** @type {HTMLImageElement} */ (byId("comments-image")).src = address + ".webp";
  field("challenge").value = challenge;
  field("code").value = "";
  field("code").focus();
  say(says("newCode"));
}

// Replies

/** @param {MouseEvent} event */
function reply(event) {
  const link = event.target instanceof Element ? event.target.closest("a.comments-reply") : null;
  if (!(link instanceof HTMLElement) || !form() || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  answer(link);
  (typed().find((one) => one.required && !valueOf(one)) ?? field("text")).focus();
}

/** @param {HTMLElement} link */
function answer(link) {
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.textContent = says("cancel");
  cancel.addEventListener("click", () => {
    field("parent").value = "";
    note.remove();
    keep();
    home.after(/** @type {Node} */ (form()?.closest("section")));
    field("text").focus();
  });
  field("parent").value = link.dataset.parent ?? "";
  form()?.querySelector(".comments-replying")?.remove();
  note.replaceChildren(says("replying").replace("{name}", `\u2068${link.dataset.name}\u2069`), " ", cancel);
  form()?.querySelector(".comments-lead")?.before(note);
  link.closest("article")?.after(/** @type {Node} */ (form()?.closest("section")));
  keep();
}

// Sending: the same hidden `submission` makes every try the same one, so trying again posts nothing twice.

const free = () => void (send() && (send().ariaDisabled = "false"));
let tries = 0;

/** @param {SubmitEvent} event */
async function submit(event) {
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  const what = button?.name ?? "";
  if (button?.dataset.plain) return;
  event.preventDefault();
  if (!what && send().ariaDisabled === "true") return;
  if (what === "again") {
    newCode().catch(() => plainly(button));
  } else if (what) {
    preview(/** @type {HTMLButtonElement} */ (button));
  } else if (typed().map(judge).every(Boolean)) {
    await post();
  } else {
    say(says("review"));
    /** @type {HTMLElement | null} */ (form()?.querySelector('[aria-invalid="true"]'))?.focus();
  }
}

/** @param {HTMLButtonElement | null} button */
function plainly(button) {
  if (!button) return;
  button.dataset.plain = "yes";
  button.click();
}

/** @param {string} [pressed] */
function filled(pressed) {
  const all = new FormData(/** @type {HTMLFormElement} */ (form()));
  if (pressed) all.append(pressed, "1");
  return new URLSearchParams(/** @type {[string, string][]} */ ([...all.entries()]));
}

async function post() {
  const [mine, thread] = [++tries, says("draft")];
  send().ariaDisabled = "true";
  say(says("sending"));
  const freed = setTimeout(free, FREE_MS);
  try {
    const { page, address } = await fetched(/** @type {HTMLFormElement} */ (form()).action, filled());
    if (mine !== tries) return;
    if (!new URL(address).pathname.startsWith("/receipts/")) return exchange(page);
    clearTimeout(freed);
    tell("sent", thread);
    tell("submitted");
    location.assign(address);
  } catch {
    if (mine === tries) say(says(navigator.onLine ? "failed" : "offline"));
  }
}

/** @param {HTMLButtonElement} button */
async function preview(button) {
  try {
    const { page } = await fetched(/** @type {HTMLFormElement} */ (form()).action, filled(button.name));
    const seen = page.getElementById("comments-preview");
    byId("comments-preview")?.remove();
    if (!seen) return judge(field("text")) ? exchange(page) : field("text").focus();
    byId("comments-said")?.before(document.adoptNode(seen));
    seen.focus();
  } catch {
    say(says(navigator.onLine ? "failed" : "offline"));
  }
}

/**
 * The form as the server sent it back, with every word, in the place of this one.
 * @param {Document} page
 */
function exchange(page) {
  const section = page.querySelector(".comments-write");
  const notice = page.querySelector(".comments-notice");
  if (!section) throw new Error("not a page of ours");
  form()?.closest("section")?.replaceWith(document.adoptNode(section));
  if (notice) section.before(document.adoptNode(notice));
  wire();
  const wrong = section.querySelector("[autofocus]") ?? byId("comments-summary") ?? section.querySelector("textarea");
  /** @type {HTMLElement | null} */ (wrong)?.focus();
}
