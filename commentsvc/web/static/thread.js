// @ts-check
// The comments: local time, pages in place, addresses of comments, what is new. Every link works without this.

import { byId, counted, fetched, hear, stored, tell } from "./kit.js";

const KEPT = 500; // comments in the page; beyond them the next ones come as a page of their own
const VISITS = 200; // threads whose last visit a browser remembers
const PAUSE_MS = 30 * 60_000; // who comes back sooner is still on the same visit
const POLL_MS = 30_000;
const POLL_MOST_MS = 600_000;
const COMMENT = /^cmt_[0-9A-Z]{26}$/;

const list = () => byId("comments-list");
const now = () => Date.now();

export function openThread() {
  const section = list();
  if (!section?.dataset.thread) return;
  const since = lastVisit(section.dataset.thread);
  dress(section, since);
  document.addEventListener("click", (event) => follow(event, since));
  document.addEventListener("submit", like);
  hear("find", (id) => find(id, since));
  if (COMMENT.test(location.hash.slice(1))) find(location.hash.slice(1), since);
  watch(Number(section.dataset.count), POLL_MS);
}

/**
 * Local time and what is new, for all that has just come.
 * @param {ParentNode} within
 * @param {number} since
 */
function dress(within, since) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  for (const time of /** @type {NodeListOf<HTMLTimeElement>} */ (within.querySelectorAll("time:not([title])"))) {
    time.title = time.textContent ?? "";
    time.textContent = format.format(new Date(time.dateTime));
    if (since && time.closest(".comments-time") && Date.parse(time.dateTime) > since) mark(time);
  }
  const fresh = list()?.querySelectorAll(".comments-fresh") ?? [];
  if (fresh.length) offer("since", fresh.length, "#" + fresh[0].closest("li")?.id);
}

/** @param {Element} time */
function mark(time) {
  const badge = document.createElement("span");
  badge.className = "comments-fresh";
  badge.textContent = list()?.dataset.fresh ?? "";
  time.after(badge);
}

/**
 * Says in the line of the heading, where there is room for it, that there are so many of something, and leads there.
 * @param {"since" | "live"} what
 * @param {number} many
 * @param {string} address
 */
function offer(what, many, address) {
  const link = document.createElement("a");
  link.className = `comments-${what}`;
  link.href = address;
  link.title = link.textContent = counted(list()?.dataset[what], many);
  byId("comments-note")?.replaceChildren(link);
}

/**
 * When this browser last left the thread; 0 on a first visit, or where it may keep nothing. It tells nobody.
 * @param {string} thread
 * @returns {number}
 */
function lastVisit(thread) {
  const since = stored("localStorage", (storage) => {
    /** @type {Record<string, [number, number]>} */
    const all = JSON.parse(storage.getItem("comments:visits") ?? "{}");
    const [before, last] = all[thread] ?? [0, 0];
    const since = now() - last > PAUSE_MS ? last : before;
    delete all[thread];
    const kept = Object.entries(all).slice(1 - VISITS);
    storage.setItem("comments:visits", JSON.stringify(Object.fromEntries([...kept, [thread, [since, now()]]])));
    return since;
  });
  return since ?? 0;
}

/**
 * Links to other pages of the thread bring them here.
 * @param {MouseEvent} event
 * @param {number} since
 */
async function follow(event, since) {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const id = link.closest(".comments-parent, .comments-since") && link.hash.slice(1);
  const next = link.rel === "next";
  if (!id && !next && !link.matches(".comments-page-link, .comments-live")) return;
  if (next && document.querySelectorAll(".comments-thread > li").length >= KEPT) return;
  event.preventDefault();
  if (id) return find(id, since, link.href);
  link.ariaBusy = "true";
  try {
    await (next ? extend(link.href, since) : change(link.href, since));
  } catch {
    location.assign(link.href);
  }
}

/**
 * The same page's comments alone.
 * @param {string} address
 */
async function part(address) {
  const url = new URL(address, location.href);
  url.pathname += "/list";
  url.searchParams.set("inside", "1");
  url.hash = "";
  const { page } = await fetched(url.href);
  const section = page.getElementById("comments-list");
  if (!section?.dataset.thread) throw new Error("no comments");
  return section;
}

/**
 * The comments that follow, below those that are here.
 * @param {string} address
 * @param {number} since
 */
async function extend(address, since) {
  const section = await part(address);
  const more = document.querySelector(".comments-more");
  const all = [...section.querySelectorAll(".comments-thread > li")];
  const coming = all.filter((one) => !byId(one.id)).map((one) => document.adoptNode(one)); // likes may have moved some
  const following = section.querySelector(".comments-more");
  document.querySelector(".comments-thread")?.append(...coming);
  if (following) more?.replaceWith(document.adoptNode(following));
  else more?.remove();
  dress(document, since);
  if (coming.length) focus(coming[0]);
}

/**
 * Other comments in the place of these.
 * @param {string} address
 * @param {number} since
 * @param {string} [id] the comment to go to
 */
async function change(address, since, id) {
  const section = document.adoptNode(await part(address));
  if (id && !section.querySelector("#" + id)) return false;
  tell("leaving");
  list()?.replaceWith(section);
  dress(section, since);
  if (!id) history.replaceState(null, "", address);
  const target = id ? byId(id) : section.querySelector(".comments-sort [aria-current]");
  if (id && target) show(target);
  else if (target instanceof HTMLElement) target.focus();
  return true;
}

/**
 * Goes to a comment, wherever in the thread it is.
 * @param {string} id
 * @param {number} since
 * @param {string} [address] of a page that shows it
 */
async function find(id, since, address) {
  if (!COMMENT.test(id)) return;
  const here = byId(id);
  if (here) return show(here);
  const url = new URL(address ?? location.href);
  for (const name of ["cursor", "before"]) url.searchParams.delete(name);
  url.searchParams.set("comment", id);
  try {
    if (!(await change(url.href, since, id)) && !address) byId("comments-note")?.replaceChildren(list()?.dataset.gone ?? "");
  } catch {
    if (address) location.assign(address);
  }
}

/** @param {Element} comment */
function show(comment) {
  document.querySelector(".comments-here")?.classList.remove("comments-here");
  comment.classList.add("comments-here");
  focus(comment);
  if (parent === window) comment.scrollIntoView({ block: "start" });
  else tell("scroll", Math.round(comment.getBoundingClientRect().top + scrollY));
}

/** @param {Element} comment */
function focus(comment) {
  comment.setAttribute("tabindex", "-1");
  /** @type {HTMLElement} */ (comment).focus({ preventScroll: true });
}

/**
 * A like is sent and its number shown where it stands; the plain form does the same by way of another page.
 * @param {SubmitEvent} event
 */
async function like(event) {
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.id !== "comments-likes" || !button || button.ariaBusy) return;
  event.preventDefault();
  button.ariaBusy = "true";
  try {
    const body = new URLSearchParams({ like: button.value, inside: "1" });
    const answer = await fetch(form.action, { method: "POST", body });
    if (!answer.ok) throw new Error(String(answer.status));
    const { likes } = await answer.json();
    button.ariaPressed = "true";
    if (button.nextElementSibling) button.nextElementSibling.textContent = counted(form.dataset.likes, likes);
    button.ariaBusy = null;
  } catch {
    form.requestSubmit(button);
  }
}

/**
 * Asks now and then whether there are more, while somebody looks: mostly a 304 of a few bytes.
 * @param {number} known
 * @param {number} wait
 */
function watch(known, wait) {
  setTimeout(async () => {
    if (document.visibilityState !== "visible") return watch(known, wait);
    try {
      const count = await asked();
      if (count > known) offer("live", count - known, newest());
      watch(known, POLL_MS);
    } catch {
      watch(known, Math.min(2 * wait, POLL_MOST_MS));
    }
  }, wait);
}

/** How many comments the thread has now. */
async function asked() {
  const said = new URL(location.href).searchParams;
  const url = new URL("/api/v1/comments", location.href);
  const site = location.pathname.split("/")[2];
  for (const [name, value] of Object.entries({ site, url: said.get("url"), thread: said.get("thread"), limit: "1" })) {
    if (value) url.searchParams.set(name, value);
  }
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).thread.count;
}

/** The address of the newest comments. */
function newest() {
  const address = new URL(location.href);
  for (const name of ["cursor", "before", "comment"]) address.searchParams.delete(name);
  address.searchParams.set("sort", "newest");
  return address.href;
}
