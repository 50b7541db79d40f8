// @ts-check
// Improves the pages in the frame. Without it everything works as well: nothing here may be needed.
// No innerHTML and no parser: the pages' policy forbids them to every script, this one included.

const form = /** @type {HTMLFormElement | null} */ (document.querySelector(".comments-write form"));

/** Local time for who can have it; the absolute one stays as a hint. */
function localTimes() {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  for (const time of document.querySelectorAll("time")) {
    time.title = time.textContent ?? "";
    time.textContent = format.format(new Date(time.dateTime));
  }
}

/**
 * What the browser keeps for this tab; storage may be forbidden in a frame.
 * @template T
 * @param {(storage: Storage) => T} use
 * @returns {T | null}
 */
function stored(use) {
  try {
    return use(sessionStorage);
  } catch {
    return null;
  }
}

/** @param {string | undefined} thread */
const draftKey = (thread) => `comments:${thread}`;

/**
 * The fields a reader fills in; never the code.
 * @param {HTMLFormElement} form
 */
function typedFields(form) {
  const all = /** @type {HTMLInputElement[]} */ ([...form.elements]);
  return all.filter((one) => one.name && one.name !== "code" && one.type !== "hidden" && one.type !== "submit");
}

/**
 * What was typed comes back when the page is loaded again.
 * @param {HTMLFormElement} form
 * @returns {string} the comment that a restored draft answers, if any
 */
function keepDraft(form) {
  let answered = "";
  const fields = typedFields(form);
  const parent = field(form, "parent");
  const key = draftKey(form.dataset.draft);
  const untouched = fields.every((one) => (one.type === "checkbox" ? !one.checked : !one.value));
  if (untouched) {
    const draft = stored((storage) => JSON.parse(storage.getItem(key) ?? "{}")) ?? {};
    for (const one of fields) {
      if (typeof draft[one.name] === "boolean") one.checked = draft[one.name];
      else if (typeof draft[one.name] === "string") one.value = draft[one.name];
    }
    if (draft.text && typeof draft.parent === "string") answered = draft.parent;
  }
  form.addEventListener("input", () => {
    const draft = [...fields, parent].map((one) => [one.name, one.type === "checkbox" ? one.checked : one.value]);
    stored((storage) => storage.setItem(key, JSON.stringify(Object.fromEntries(draft))));
  });
  return parent.value ? "" : answered;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
const field = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/**
 * A new code without loading the page again; where that fails the button does what it does without a script.
 * @param {HTMLFormElement} form
 */
function newCodeInPlace(form) {
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button[name=again]"));
  const image = /** @type {HTMLImageElement} */ (document.getElementById("comments-image"));
  const sound = /** @type {HTMLAudioElement} */ (document.getElementById("comments-sound"));
  let plain = false;
  button.addEventListener("click", async (event) => {
    if (plain) return;
    event.preventDefault();
    try {
      const wish = { site: form.dataset.site, url: field(form, "url").value, thread: field(form, "thread").value };
      const answer = await fetch("/api/v1/challenges", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(wish.thread ? wish : { site: wish.site, url: wish.url }),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const { challenge } = await answer.json();
      field(form, "challenge").value = challenge;
      image.src = `/challenges/${encodeURIComponent(challenge)}.webp`;
      sound.src = `/challenges/${encodeURIComponent(challenge)}.wav`;
      const code = field(form, "code");
      code.value = "";
      code.focus();
    } catch {
      plain = true;
      button.click();
    }
  });
}

/**
 * The form goes to the comment that is answered, and back.
 * @param {HTMLFormElement} form
 * @param {string} answered the comment that a restored draft answers, if any; the focus stays where it is
 */
function replyInPlace(form, answered) {
  const section = /** @type {HTMLElement} */ (form.closest("section"));
  const home = document.createComment("the form's own place");
  section.before(home);
  const note = document.createElement("p");
  note.className = "comments-replying";
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.textContent = form.dataset.cancel ?? "";
  /** @param {string} parent */
  const setParent = (parent) => {
    field(form, "parent").value = parent;
    form.dispatchEvent(new Event("input")); // so that the draft keeps it
  };
  cancel.addEventListener("click", () => {
    setParent("");
    note.remove();
    home.after(section);
    field(form, "text").focus();
  });
  /** @param {HTMLAnchorElement} link */
  const answer = (link) => {
    setParent(link.dataset.parent ?? "");
    form.querySelector(".comments-replying")?.remove();
    note.replaceChildren((form.dataset.replying ?? "").replace("{name}", `\u2068${link.dataset.name}\u2069`), " ", cancel);
    form.querySelector(".comments-lead")?.before(note);
    link.closest("article")?.after(section);
  };
  const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a.comments-reply"));
  const restored = answered && [...links].find((link) => link.dataset.parent === answered);
  if (restored) answer(restored);
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a.comments-reply") : null;
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    answer(link);
    field(form, "text").focus();
  });
}

/**
 * One click sends once; after a while the button works again, because a request may stall and never be answered.
 * @param {HTMLFormElement} form
 */
function sendOnce(form) {
  const send = /** @type {HTMLButtonElement} */ (document.getElementById("comments-send"));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(send);
  });
  const free = () => (send.ariaDisabled = "false");
  form.addEventListener("submit", (event) => {
    if (event.submitter?.getAttribute("name") === "again") return;
    if (send.ariaDisabled === "true") return event.preventDefault();
    send.ariaDisabled = "true";
    setTimeout(free, 3000);
  });
  addEventListener("pageshow", free);
}

localTimes();
if (form) {
  const answered = keepDraft(form);
  newCodeInPlace(form);
  replyInPlace(form, answered);
  sendOnce(form);
  /** @type {HTMLElement | null} */ (form.querySelector("[autofocus]"))?.focus();
}
document.addEventListener("comments:sent", () => {
  stored((storage) => storage.removeItem(draftKey(document.body.dataset.draft)));
});
