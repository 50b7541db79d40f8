// @ts-check
// This tab: what it keeps, and what is done when it is left.

/** What the browser keeps for this tab; it may be told to keep nothing. */
export function tabStorage() {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

/** Nothing unsent is left behind in silence. @param {import("./outbox.js").Outbox} outbox */
export function leaving(outbox) {
  addEventListener("beforeunload", (event) => {
    outbox.flush();
    if (outbox.trouble && outbox.unsent) event.preventDefault();
  });
  addEventListener("pagehide", () => outbox.flush());
  // Another page of this tab has had the outbox since: what this one remembers of it is old.
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  document.addEventListener("visibilitychange", () => (document.hidden ? outbox.flush() : outbox.hurry()));
  addEventListener("online", () => outbox.hurry());
  addEventListener("focus", () => outbox.hurry());
}
