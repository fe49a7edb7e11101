// The page's script. The server renders; this puts what changed in its place, and posts what people do.

import { forget, patch } from "./patch.js";
import { element, Picker } from "./picker.js";

const byId = (id) => document.getElementById(id);
const SLOTS = ["sidebar", "banner", "header", "main", "thread"];
const HOME = "@home";
const DIRECT = "@assistant";
const UNREACHABLE = "The demonstration does not answer. Is it still running?";

const state = { user: sessionStorage.getItem("user") ?? "", place: "", thread: "", screen: null, editing: null };
const drafts = new Map(JSON.parse(sessionStorage.getItem("drafts") ?? "[]")); // a reload keeps them
const read = new Map(); // the last message that was on screen, by person and channel
const readReplies = new Map(); // how many replies were on screen, by message
let lastSaid = Promise.resolve();
let pressedAt = 0; // when something was last done here that may open a form
const loadedAt = Date.now() / 1000;

// What is asked for, and what is done

async function get(path, query = {}) {
  const answer = await fetch(`${path}?${new URLSearchParams(query)}`);
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

/** Do something as whoever is acting. Resolves to what the server says; `failed` holds a sentence when it went wrong. */
async function act(name, given = {}) {
  if (["command", "click", "shortcut"].includes(name)) pressedAt = Date.now();
  try {
    const answer = await fetch(`/client/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ user: state.user, ...given }),
    });
    return await answer.json();
  } catch {
    return { failed: UNREACHABLE };
  }
}

function keepDraft(place, text) {
  if (text) drafts.set(place, text);
  else drafts.delete(place);
  sessionStorage.setItem("drafts", JSON.stringify([...drafts]));
}

// The screen

let showing = null;
let isStale = false;

/** Show what there is now; resolves once it stands there. */
function refresh() {
  isStale = true;
  return (showing ??= showNow().finally(() => (showing = null)));
}

async function showNow() {
  try {
    while (isStale) {
      isStale = false;
      const { user, place, thread } = state;
      const screen = await get("/client/screen", { user, place, thread });
      if (user === state.user && place === state.place && thread === state.thread) show(screen);
      else isStale = true;
    }
  } catch {
    offline(true);
  }
}

function show(screen) {
  const isNew = state.screen?.place !== screen.place || state.screen?.user !== screen.user;
  const isNewThread = state.screen?.thread !== screen.thread;
  const focused = document.activeElement;
  const message = focused?.closest?.(".message")?.dataset.ts;
  const atEnd = Object.fromEntries(["main", "thread"].map((id) => [id, isAtEnd(byId(id))]));
  if (isNew) setEditing(null);
  state.screen = screen;
  state.user = screen.user;
  sessionStorage.setItem("user", screen.user);
  const isElsewhere = state.place !== screen.place || state.thread !== screen.thread;
  Object.assign(state, { place: screen.place, thread: screen.thread });
  // Only then: a link that was just pressed has changed the address already, and its event is still to come.
  if (isElsewhere) history.replaceState(null, "", address());
  document.title = `${screen.title} · ${document.title.split(" · ").at(-1)}`;
  for (const slot of SLOTS) patch(byId(slot), screen.slots[slot]);
  byId("thread-pane").hidden = !screen.thread;
  showModal(screen.slots.modal);
  showComposer("channel", screen, isNew);
  showComposer("thread", screen, isNew || isNewThread);
  markUnread(screen);
  if (isNew || atEnd.main) toEnd(byId("main"), screen.place === HOME);
  if (isNewThread || atEnd.thread) toEnd(byId("thread"));
  if (!byId("traffic").hidden) showLog();
  if (document.activeElement === document.body && focused && focused !== document.body) {
    const same = (focused.id && byId(focused.id)) || (message && document.querySelector(`[data-ts="${message}"]`));
    same?.focus({ preventScroll: true });
  }
}

const isAtEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 60;
const toEnd = (list, isTop = false) => (list.scrollTop = isTop ? 0 : list.scrollHeight);
const address = () => `#${encodeURIComponent(state.place).replace("%40", "@")}${state.thread && `/${state.thread}`}`;

function markUnread({ user, channel, place, thread }) {
  for (const link of document.querySelectorAll("#sidebar [data-latest]")) {
    const key = `${user} ${link.dataset.channel}`;
    const isHere = link.dataset.channel === channel && place !== HOME && !document.hidden;
    if (isHere || !read.has(key)) read.set(key, link.dataset.latest);
    link.classList.toggle("unread", read.get(key) < link.dataset.latest);
  }
  for (const replies of document.querySelectorAll("#main .replies")) {
    const { ts } = replies.closest(".message").dataset;
    const count = Number(replies.dataset.count);
    if (ts === thread || (!readReplies.has(ts) && Number(ts) < loadedAt)) readReplies.set(ts, count);
    replies.classList.toggle("new", (readReplies.get(ts) ?? 0) < count);
  }
}

function goFromAddress() {
  const [place, thread = ""] = location.hash.slice(1).split("/");
  try {
    go(decodeURIComponent(place), thread);
  } catch {
    go(""); // an address that somebody mistyped
  }
}

function go(place, thread = "") {
  Object.assign(state, { place, thread });
  if (place === HOME || place === DIRECT) act("home", { tab: place === HOME ? "home" : "messages" });
  refresh().then(() => place !== HOME && byId(thread ? "thread-text" : "channel-text").focus());
}

function openThread(ts) {
  location.hash = `${address().split("/")[0]}/${ts}`;
}

function closeThread() {
  location.hash = address().split("/")[0];
}

let isOffline = false;
function offline(isGone) {
  if (isOffline && !isGone) forget(byId("banner")); // what stands there is not what the server rendered
  isOffline = isGone;
  if (isGone) patch(byId("banner"), `<p>${UNREACHABLE}</p>`);
}

// Writing

class Composer {
  constructor(name) {
    this.name = name;
    this.form = document.querySelector(`[data-composer="${name}"]`);
    this.field = byId(`${name}-text`);
    this.note = this.form.querySelector(".note");
    this.picker = new Picker(this.field, byId(`${name}-options`), (option) => this.complete(option));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => this.picker.hide());
  }

  get draft() {
    return [state.user, state.place, this.name === "thread" ? state.thread : ""].join(" ");
  }

  put(text) {
    this.field.value = text;
    this.grow();
  }

  grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }

  say(sentence) {
    this.note.textContent = sentence;
    this.note.hidden = !sentence;
    this.note.classList.toggle("failed", Boolean(sentence));
  }

  typed() {
    if (!state.editing) keepDraft(this.draft, this.field.value);
    this.grow();
    this.say("");
    const options = this.completions();
    const isTyped = options.length === 1 && this.field.value.endsWith(options[0].text);
    this.picker.show(isTyped ? [] : options); // Enter sends what is complete
  }

  completions() {
    const { commands, people, channels } = state.screen.known;
    const before = this.field.value.slice(0, this.field.selectionStart);
    if (/^\/\S*$/.test(before) && this.name === "channel" && !state.editing) {
      return commands
        .filter(({ command }) => command.startsWith(before))
        .map(({ command, usage_hint: hint, description }) => ({ label: command, detail: `[${hint}]  ${description}`, text: command }));
    }
    const [, mark, start] = /(?:^|\s)([@#])([\w.-]*)$/.exec(before) ?? [];
    const fits = (...names) => names.some((each) => each.toLowerCase().split(/[ .-]/).concat(each.toLowerCase()).some((word) => word.startsWith(start.toLowerCase())));
    if (mark === "@") {
      return people
        .filter(({ name, detail }) => fits(name, detail))
        .map(({ name, detail }) => ({ label: `@${name}`, detail, text: `@${name}` }));
    }
    if (mark === "#") return channels.filter((name) => fits(name)).map((name) => ({ label: `#${name}`, text: `#${name}` }));
    return [];
  }

  complete({ text }) {
    const caret = this.field.selectionStart;
    const before = this.field.value.slice(0, caret).replace(/\S*$/, `${text} `);
    this.put(before + this.field.value.slice(caret).trimStart());
    this.field.setSelectionRange(before.length, before.length);
    if (!state.editing) keepDraft(this.draft, this.field.value);
  }

  key(event) {
    if (event.isComposing || this.picker.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" && !this.field.value) {
      const mine = [...document.querySelectorAll(`#${this.name === "thread" ? "thread" : "main"} [data-mine]`)].at(-1);
      if (mine) setEditing(mine, this);
      if (mine) event.preventDefault();
    } else if (event.key === "Escape" && state.editing) {
      event.stopPropagation();
      setEditing(null);
    }
  }

  async post(text, place, thread) {
    await showing; // whoever has just gone elsewhere writes there
    const { channel } = state.screen;
    if (state.screen.place !== place) return { failed: UNREACHABLE };
    if (text.startsWith("/")) return act("command", { channel, line: text });
    return (lastSaid = lastSaid.then(() => act("say", { channel, text, thread }))); // in the order they were written
  }

  async send() {
    const text = this.field.value;
    if (!text.trim()) return;
    const { draft } = this;
    const { editing, place, thread } = state;
    if (editing) {
      const { failed } = await act("edit", { channel: editing.channel, ts: editing.ts, text });
      if (state.editing === editing) failed ? this.say(failed) : setEditing(null);
      return;
    }
    if (text.startsWith("/") && this.name === "thread") {
      this.say(`${text.split(/\s/)[0]} is not supported in threads. Type it in the channel.`);
      return;
    }
    this.put("");
    keepDraft(draft, "");
    toEnd(byId(this.name === "thread" ? "thread" : "main"));
    const { failed } = await this.post(text, place, this.name === "thread" ? thread : null);
    if (!failed) return;
    // It comes back to where it was written, before what has been typed there since.
    keepDraft(draft, [text, drafts.get(draft)].filter(Boolean).join("\n"));
    if (draft !== this.draft || state.editing) return;
    this.put(drafts.get(draft));
    this.say(failed);
  }
}

const composers = { channel: new Composer("channel"), thread: new Composer("thread") };

function showComposer(name, screen, isNew) {
  const composer = composers[name];
  const isHidden = name === "channel" ? screen.place === HOME : !screen.thread;
  composer.form.hidden = isHidden;
  composer.field.disabled = Boolean(screen.closed);
  const label = screen.closed || (name === "thread" ? "Reply" : `Message ${screen.title}`);
  composer.field.placeholder = label;
  composer.field.setAttribute("aria-label", label);
  if (!isNew) return;
  composer.picker.hide();
  composer.say("");
  composer.put(drafts.get(composer.draft) ?? "");
}

/** Let a composer change a message that stands already, or, with null, write new ones again. */
function setEditing(message, composer = message?.closest("#thread") ? composers.thread : composers.channel) {
  const before = state.editing;
  state.editing = message && { ts: message.dataset.ts, channel: message.dataset.channel, composer };
  if (before) {
    before.composer.form.classList.remove("editing");
    before.composer.say("");
    before.composer.put(drafts.get(before.composer.draft) ?? "");
  }
  if (!message) return;
  composer.form.classList.add("editing");
  composer.put(message.dataset.typed);
  composer.note.textContent = "Editing a message. Enter saves it, Esc leaves it as it was.";
  composer.note.hidden = false;
  composer.field.focus();
}

// Pressing

async function click(button, value = null) {
  const view = button.closest("[data-view]");
  const message = button.closest(".message");
  const ids = { block_id: button.dataset.blockId, action_id: button.dataset.actionId };
  const where = view ? { view: view.dataset.view, values: valuesOf(view) } : { channel: message.dataset.channel, ts: message.dataset.ts };
  await busy(button, () => act("click", { ...where, ...ids, value }));
}

/** Show that something is under way, and its failure beside it. */
async function busy(control, work) {
  if (control.classList.contains("busy")) return {};
  control.classList.add("busy");
  control.setAttribute("aria-busy", "true");
  const block = control.closest(".block, .tools") ?? control.parentElement;
  block.parentElement?.querySelectorAll(":scope > .failed.of-click").forEach((old) => old.remove());
  const done = await work();
  control.classList.remove("busy");
  control.removeAttribute("aria-busy");
  if (done.failed) block.after(element("p", { class: "failed of-click", role: "alert" }, done.failed));
  return done;
}

function openMenu(button) {
  const list = button.closest(".scroll");
  const menu = element("div", { class: "menu", role: "menu" });
  const add = (label, work, detail = "") => {
    const item = element("button", { type: "button", role: "menuitem" }, label);
    if (detail) item.append(document.createElement("br"), element("small", {}, detail));
    item.addEventListener("click", () => {
      closeMenu(true);
      work();
    });
    menu.append(item);
  };
  if (button.dataset.options) {
    for (const { text, value } of JSON.parse(button.dataset.options)) add(text.text, () => click(button, value));
  } else {
    addTools(button, add);
  }
  button.setAttribute("aria-expanded", "true");
  button.parentElement.append(menu);
  const [box, room] = [menu.getBoundingClientRect(), list.getBoundingClientRect()];
  menu.classList.toggle("up", box.bottom > room.bottom);
  menu.classList.toggle("back", box.right > room.right);
  menu.firstElementChild.focus();
}

/** What can be done with any message. */
function addTools(button, add) {
  const message = button.closest(".message");
  const { ts, channel, typed } = message.dataset;
  const isPrivate = "onlyYou" in message.dataset;
  if (!isPrivate && message.parentElement.id === "main") add("Reply in thread", () => openThread(ts));
  for (const { name, callback_id: id } of isPrivate ? [] : state.screen.known.shortcuts) {
    add(name, () => busy(button, () => act("shortcut", { channel, ts, callback_id: id })), state.screen.known.app);
  }
  if ("mine" in message.dataset) add("Edit message", () => setEditing(message));
  add("Copy text", () => navigator.clipboard.writeText(typed));
}

function closeMenu(isFocusBack = false) {
  const menu = document.querySelector(".menu");
  if (!menu) return false;
  const button = menu.parentElement.querySelector('[data-do="menu"]');
  menu.remove();
  button.setAttribute("aria-expanded", "false");
  if (isFocusBack) button.focus();
  return true;
}

// Forms

const modal = byId("modal");
const openedHere = new Map(); // whether a form was asked for in this window: it stands in no other
const ASKED_WITHIN_MS = 10_000;

function showModal(html) {
  const [, view] = /data-view="(\w+)"/.exec(html) ?? [];
  if (view && !openedHere.has(view)) openedHere.set(view, Date.now() - pressedAt < ASKED_WITHIN_MS);
  if (view && !openedHere.get(view)) html = "";
  const hadFields = Boolean(modal.querySelector("[data-field]"));
  patch(modal, html);
  if (!html && modal.open) {
    modal.close();
    // Chromium gives the focus back without the caret, which went with the form, and what is typed then goes nowhere.
    const { activeElement: field } = document;
    field.blur();
    field.focus({ preventScroll: true });
  }
  if (html && !modal.open) modal.showModal();
  if (!hadFields) modal.querySelector("[data-field]")?.focus();
  // Enter on the next screen goes on, and closes nothing.
  const wrong = modal.querySelector('[aria-invalid="true"]');
  const first = wrong ?? modal.querySelector("[data-field]") ?? modal.querySelector("footer [type=submit]");
  if (modal.open && !modal.querySelector(":focus")) (first ?? modal.querySelector("footer button"))?.focus();
}

function valuesOf(root) {
  const values = {};
  for (const field of root.querySelectorAll("[data-field]")) {
    const { field: type, blockId, option } = field.dataset;
    if (type === "radio_buttons") {
      if (field.checked) values[blockId] = field.value;
    } else if (type === "external_select") {
      values[blockId] = option ? JSON.parse(option) : null;
    } else {
      values[blockId] = field.value;
    }
  }
  return values;
}

async function submit(form) {
  const button = form.querySelector('[type="submit"]');
  const failed = form.querySelector("footer .failed");
  if (!button || button.classList.contains("busy")) return;
  setErrors(form, {});
  failed.hidden = true;
  button.classList.add("busy");
  const done = await act("submit", { view: form.dataset.view, values: valuesOf(form) });
  button.classList.remove("busy");
  setErrors(form, done.errors ?? {});
  failed.textContent = done.failed ?? "";
  failed.hidden = !done.failed;
}

function setErrors(form, errors) {
  for (const block of form.querySelectorAll(".input")) {
    const sentence = errors[block.dataset.blockId];
    const shown = block.querySelector(".error");
    shown.textContent = sentence ?? "";
    shown.hidden = !sentence;
    for (const field of block.querySelectorAll("[data-field]")) {
      if (sentence) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  }
  form.querySelector('[aria-invalid="true"]')?.focus();
}

function closeModal() {
  act("close");
}

/** The search of a select whose options the app gives. What was chosen is kept whole, as the app must see it again. */
function search(field) {
  const picker = (field.picker ??= new Picker(field, byId(`${field.id}-options`), ({ option }) => {
    field.value = option.text.text;
    field.dataset.option = JSON.stringify(option);
  }));
  const typed = field.value.trim();
  const least = Number(field.dataset.least);
  delete field.dataset.option;
  clearTimeout(field.waiting);
  if (typed.length < least) {
    picker.show([], `Type at least ${least} ${least === 1 ? "letter" : "letters"}.`);
    return;
  }
  picker.show([], "Searching …");
  field.waiting = setTimeout(async () => {
    const ids = { block_id: field.dataset.blockId, action_id: field.dataset.actionId };
    const { options = [] } = await act("suggest", { view: field.closest("[data-view]").dataset.view, typed, ...ids });
    if (document.activeElement !== field || field.value.trim() !== typed) return;
    picker.show(options.map((option) => ({ label: option.text.text, option })), "Nothing fits. Type other letters.");
  }, 150);
}

// The switcher

const switcher = byId("switcher");
const places = new Picker(byId("switcher-input"), byId("switcher-list"), ({ place }) => {
  switcher.close();
  location.hash = place;
});

function showPlaces() {
  const wanted = byId("switcher-input").value.toLowerCase().replace(/^[#@]/, "");
  const { known } = state.screen;
  const mine = known.channels.map((name) => ({ label: `#${name}`, place: encodeURIComponent(name) }));
  if (known.commands.length) mine.push({ label: known.app, place: DIRECT }, { label: `${known.app} · Home`, place: HOME });
  places.show(mine.filter(({ label }) => label.toLowerCase().includes(wanted)), "Nothing of that name.");
}

// The traffic

const opened = new Set();

async function showLog() {
  const { html } = await get("/client/log", { match: byId("traffic-filter").value }).catch(() => ({}));
  const log = byId("log");
  const wasAtEnd = isAtEnd(log);
  if (html === undefined || !patch(log, html)) return;
  for (const number of opened) showEntry(number);
  if (wasAtEnd) toEnd(log);
}

async function showEntry(number) {
  const item = byId(`entry-${number}`)?.parentElement;
  if (!item) return;
  const shown = item.querySelector("pre");
  const isOpen = opened.has(number);
  item.firstElementChild.setAttribute("aria-expanded", String(isOpen));
  shown.hidden = !isOpen;
  if (!isOpen) return;
  const entry = await get(`/client/log/${number}`).catch(() => ({ body: "That entry is no longer kept." }));
  shown.textContent = entry.answer ? `${entry.body}\n\n⟵ answered with\n\n${entry.answer}` : entry.body;
}

function toggleTraffic() {
  const traffic = byId("traffic");
  traffic.hidden = !traffic.hidden;
  if (traffic.hidden) {
    byId("open-traffic").focus();
    return;
  }
  showLog().then(() => toEnd(byId("log")));
  byId("traffic-filter").focus();
}

// What people do with the mouse and the keyboard

const DO = {
  click,
  menu: (button) => (button.getAttribute("aria-expanded") === "true" ? closeMenu(true) : openMenu(button)),
  thread: (button) => openThread(button.closest(".message").dataset.ts),
  "close-thread": closeThread,
  "close-modal": closeModal,
  traffic: toggleTraffic,
  entry(button) {
    const { number } = button.dataset;
    if (!opened.delete(number)) opened.add(number);
    showEntry(number);
  },
};

document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-do]");
  if (!event.target.closest(".menu") && control?.dataset.do !== "menu") closeMenu();
  if (!event.target.closest(".members")) document.querySelector(".members[open]")?.removeAttribute("open");
  if (control) DO[control.dataset.do](control);
});

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "k") {
    event.preventDefault();
    if (modal.open || switcher.open) return;
    byId("switcher-input").value = "";
    switcher.showModal();
    showPlaces();
  } else if (target.closest(".menu")) {
    menuKey(event);
  } else if (target.dataset?.field === "external_select") {
    target.picker?.key(event);
  } else if ("enter" in (target.dataset ?? {}) && key === "Enter" && !event.isComposing) {
    event.preventDefault();
    const { blockId, actionId } = target.dataset;
    const view = target.closest("[data-view]");
    busy(target, () => act("click", { view: view.dataset.view, values: valuesOf(view), block_id: blockId, action_id: actionId, value: target.value }));
  } else if (key === "Escape" && !modal.open && !switcher.open) {
    if (target.closest("#traffic")) toggleTraffic();
    else if (state.thread) closeThread();
  } else if (target.matches(".message, .scroll")) {
    messageKey(event);
  }
});

function menuKey(event) {
  const items = [...document.querySelectorAll(".menu button")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) items.at((items.indexOf(event.target) + step) % items.length).focus();
  else if (event.key === "Escape" || event.key === "Tab") closeMenu(true);
  else return;
  event.preventDefault();
}

/** Arrows go from message to message; T replies, M opens the menu, E edits. */
function messageKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const list = event.target.closest(".scroll");
  const messages = [...list.querySelectorAll(".message")];
  const at = messages.indexOf(event.target);
  const press = (what) => event.target.querySelector(`.tools [data-do="${what}"]`)?.click();
  if (event.key === "ArrowUp") (messages[at - 1] ?? (at < 0 ? messages.at(-1) : null))?.focus();
  else if (event.key === "ArrowDown") messages[at + 1]?.focus();
  else if (event.key === "t") press("thread");
  else if (event.key === "m") press("menu");
  else if (event.key === "e" && "mine" in event.target.dataset) setEditing(event.target);
  else return;
  event.preventDefault();
}

document.addEventListener("focusin", ({ target }) => {
  for (const tool of document.querySelectorAll('.tools [tabindex="0"]')) tool.tabIndex = -1;
  for (const tool of target.closest(".message")?.querySelectorAll(".tools > button") ?? []) tool.tabIndex = 0;
});

document.addEventListener("change", ({ target }) => {
  if (target.id !== "acting") return;
  state.user = target.value;
  state.thread = "";
  refresh().then(() => state.place === HOME && act("home", { tab: "home" }));
});

document.addEventListener("input", ({ target }) => {
  if (target.dataset?.field === "external_select") search(target);
  if (target.id === "switcher-input") showPlaces();
  if (target.id === "traffic-filter") showLog();
});

document.addEventListener("focusout", ({ target }) => {
  if (target.dataset?.field !== "external_select" || !target.picker) return;
  target.picker.hide();
  if (!target.dataset.option) target.value = ""; // nothing was chosen, so nothing stands there
});

modal.addEventListener("cancel", (event) => {
  event.preventDefault();
  closeModal();
});
modal.addEventListener("submit", (event) => {
  event.preventDefault();
  submit(event.target);
});
byId("switcher-input").addEventListener("keydown", (event) => {
  if (event.key === "Escape") switcher.close();
  else places.key(event);
});
switcher.addEventListener("click", ({ target }) => target === switcher && switcher.close());
byId("fault-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = byId("fault-line");
  const { said, failed } = await act("fault", { line: field.value });
  byId("fault-said").textContent = said ?? failed;
  if (said) field.value = "";
});
window.addEventListener("hashchange", goFromAddress);
document.addEventListener("visibilitychange", () => !document.hidden && refresh());

// The beginning

const isReload = Boolean(state.user); // a window that is opened anew has nobody acting in it yet
state.user = (await get("/client/screen", { user: state.user })).user;
if (isReload) await act("reload");
goFromAddress();
const changes = new EventSource("/client/changes");
changes.onmessage = () => {
  offline(false);
  refresh();
};
changes.onerror = () => offline(true);
