// The moderation desk at a person's pace. While one item is read, the next ones are taken; the very next stands in the
// page already, laid out and not shown (data-waits). A decision shows it at once and is sent behind the person's back.
// What could not be sent waits here, also through a reload; what the studio refused comes back with everything typed.
const place = document.querySelector("[data-desk-place]");
const notes = document.querySelector("[data-desk-notes]");
const word = (name) => place.dataset[`word${name}`];
const token = () => place.querySelector("[name=csrfmiddlewaretoken]")?.value ?? kept.token ?? "";
const AHEAD = 3;
const AT_LEAST = 250; // ms that an item must have been seen before a decision on it counts: no double click decides two
const PICTURE = 60; // ms after the paint that are left to putting the picture on the screen
const LEASE = 30_000;
const PATIENCE = 15_000;
const STORE = "moderation-outbox";

const kept = { token: "" };
const ready = [];
let here; // the item that is shown
const seen = []; // ids, in the order in which they were looked at
let outbox = [];
let last; // the last decision that the studio confirmed
let shownAt = performance.now();
let filling, isEmpty = false, sending = false, pause = 1000, ending = false;

const current = () => place.querySelector("[data-desk]");
const isMine = () => Boolean(current()?.querySelector("[data-decides]"));

function element(html) {
  const box = document.createElement("template");
  box.innerHTML = html.trim();
  return document.importNode(box.content, true).firstElementChild;
}

// --- what is shown -----------------------------------------------------------------------------------------

// Whatever a person needn't wait for. Not at once after the paint: the processor is still busy with the picture.
function afterPaint(deed) {
  requestAnimationFrame(() => setTimeout(deed, PICTURE));
}

function show(item) {
  window.scrollTo(0, 0); // before anything changes: afterwards it would lay the page out on the spot
  const old = current();
  const node = nodeOf(item);
  if (node.parentNode !== place) place.append(node);
  if (old) reveal(old, false);
  reveal(node, true);
  here = item;
  shownAt = performance.now();
  seen.push(item.id);
  document.dispatchEvent(new CustomEvent("desk:shown", { detail: { id: item.id } }));
  afterPaint(() => settle(item));
}

function nodeOf(item) {
  item.node ??= element(item.html);
  return item.node;
}

function reveal(node, is) {
  node.toggleAttribute("data-desk", is);
  node.toggleAttribute("data-waits", !is);
}

// One desk waits in the page: the browser does its style and layout while the one before it is read.
function prepare() {
  const node = ready.length ? nodeOf(ready[0]) : undefined;
  place.querySelectorAll("[data-waits]").forEach((one) => one === node || one.remove());
  if (!node) return;
  reveal(node, false);
  if (node.parentNode !== place) place.append(node);
  enliven(node);
  node.querySelector("h1").getBoundingClientRect();
}

function enliven(node) {
  htmx.process(node);
  node.querySelectorAll("[data-most]").forEach((field) => field.dispatchEvent(new Event("input", { bubbles: true })));
}

function settle(item) {
  if (current() !== item.node) return;
  history.replaceState(null, "", item.address);
  document.title = document.title.replace(/#\d+/, `#${item.id}`);
  item.node.querySelector("h1")?.focus({ preventScroll: true });
  document.querySelector("[data-desk-says]").textContent = item.title;
  enliven(item.node);
  document.dispatchEvent(new CustomEvent("htmx:afterSettle"));
  tools();
  lease();
  fill();
  prepare();
}

function tools() {
  const node = current();
  if (!node) return;
  const undo = node.querySelector("[data-undo]");
  if (undo) undo.hidden = !last && !outbox.length;
  const previous = node.querySelector("[data-previous]");
  if (previous) previous.hidden = seen.length < 2;
}

function bar(html) {
  if (html) document.querySelector("[data-bar]").innerHTML = html;
}

function note(kind, words, action) {
  const box = document.createElement("div");
  box.className = `note ${kind}`;
  const text = box.appendChild(document.createElement("p"));
  text.className = "grow wrap";
  text.textContent = words;
  if (action) {
    const button = box.appendChild(document.createElement("button"));
    button.type = "button";
    button.className = "button small";
    button.textContent = action.name;
    button.addEventListener("click", () => { box.remove(); action.deed(); });
  }
  notes.append(box);
  return box;
}

let said;
function say(words, kind = "ok") {
  said?.remove();
  said = note(kind, words);
  const own = said;
  setTimeout(() => own.remove(), 6000);
}

// --- taking the next ones ahead ----------------------------------------------------------------------------

function fill() {
  if (filling || ready.length >= AHEAD || isEmpty || !isMine()) return filling;
  const have = [current()?.dataset.item, ...ready.map((item) => item.id), ...outbox.map((one) => one.id)];
  filling = post(place.dataset.ahead, { have: have.filter(Boolean).join(","), count: AHEAD - ready.length })
    .then(async (answer) => {
      if (!answer.ok || answer.type === "opaqueredirect") return;
      const told = await answer.json();
      isEmpty = told.items.length < 1;
      ready.push(...told.items);
      bar(told.bar);
      prepare();
    })
    .catch(() => {})
    .finally(() => { filling = undefined; });
  return filling;
}

async function next() {
  if (!ready.length) {
    place.setAttribute("aria-busy", "true");
    const waits = note("", word("Preparing"));
    isEmpty = false;
    await fill();
    // Nothing more: what is on its way must arrive before the queue says how it stands.
    if (!ready.length) await sent();
    waits.remove();
    place.removeAttribute("aria-busy");
  }
  const item = ready.shift();
  if (item) return show(item);
  if (outbox.length || document.querySelector("[data-returned]")) return;
  leave();
}

function leave() {
  ending = true;
  location.href = place.dataset.queue;
}

// --- deciding ----------------------------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.dataset.decides || !place.contains(form)) return;
  event.preventDefault();
  event.stopPropagation();
  if (performance.now() - shownAt < AT_LEAST || place.hasAttribute("aria-busy")) return;
  const node = current();
  if (form.querySelector("[aria-disabled=true]")) return;
  kept.token = token();
  const data = new FormData(form, event.submitter);
  data.delete("csrfmiddlewaretoken");
  outbox.push({
    id: node.dataset.item, title: node.dataset.title, deed: form.dataset.decides, url: form.action,
    body: new URLSearchParams(data).toString(), address: here.address, me: place.dataset.me, node,
  });
  store();
  node.querySelectorAll("details.drawer[open]").forEach((drawer) => { drawer.open = false; });
  afterPaint(flush);
  next();
}, true);

async function flush() {
  if (sending || !outbox.length) return;
  sending = true;
  const one = outbox[0];
  one.isSent = true;
  let answer;
  try {
    answer = await post(one.url, one.body);
  } catch {
    answer = undefined; // no connection, or no answer in time
  }
  sending = false;
  if (answer?.type === "opaqueredirect" || answer?.redirected) return hold(word("SignedOut"));
  if (!answer || answer.status >= 500 || answer.status === 429) return hold(word("Waits"));
  pause = 1000;
  waiting?.remove();
  waiting = undefined;
  outbox.shift();
  store();
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) confirmed(one, told);
  else returned(one, told, answer.status);
  tools();
  if (outbox.length) flush();
  else arrived();
}

function confirmed(one, told) {
  if (one.deed !== "skip" && !told.was_resolved) last = { id: one.id, url: one.url.replace(/\/(approval|rejection|sending-back)\b/, "/undoing") };
  if (told.words) say(told.words, told.was_resolved ? "" : "ok");
  bar(told.bar);
}

// Refused: the desk as the person left it, with what stands in the way.
function returned(one, told, status) {
  const words = `${word("Failed")} «${one.title}». ${told.words ?? `HTTP ${status}`}`;
  const box = note("bad", words, {
    name: word("Open"),
    deed: () => {
      if (current() && isMine()) ready.unshift(here);
      const again = { id: one.id, title: one.title, address: one.address, node: told.html ? element(told.html) : one.node };
      if (again.node) show(again);
      else location.href = one.address;
    },
  });
  box.dataset.returned = one.id;
  box.setAttribute("role", "alert");
}

let waiting;
function hold(words) {
  waiting?.remove();
  waiting = note("wait", `${words} ${outbox.length}`);
  waiting.dataset.waiting = "";
  setTimeout(flush, pause);
  pause = Math.min(pause * 2, 20_000);
}
window.addEventListener("online", () => { pause = 1000; flush(); fill(); });

const arrivals = [];
const sent = () => new Promise((done) => (outbox.length ? arrivals.push(done) : done()));
function arrived() {
  arrivals.splice(0).forEach((done) => done());
  if (!current() && !ready.length) leave();
}

function store() {
  place.dataset.outbox = outbox.length;
  const plain = outbox.map(({ node, isSent, ...one }) => one);
  try {
    if (plain.length) sessionStorage.setItem(STORE, JSON.stringify(plain));
    else sessionStorage.removeItem(STORE);
  } catch { /* without a store a reload loses them: beforeunload asks first */ }
}

function post(url, body) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  return fetch(url, {
    method: "POST", redirect: "manual", signal: patience.signal, credentials: "same-origin",
    headers: { "X-Desk": "1", "X-CSRFToken": token(), "Content-Type": "application/x-www-form-urlencoded" },
    body: typeof body === "string" ? body : new URLSearchParams(body).toString(),
  }).finally(() => clearTimeout(timer));
}

// --- taking back, looking back -----------------------------------------------------------------------------

async function undo() {
  const unsent = outbox.at(-1);
  if (unsent && !unsent.isSent && unsent.node) {
    outbox.pop();
    store();
    back({ id: unsent.id, title: unsent.title, address: unsent.address, node: unsent.node });
    return;
  }
  await sent();
  if (!last) return say(word("Nothing"), "");
  const answer = await post(last.url, {}).catch(() => undefined);
  if (!answer) return say(word("Waits"), "wait");
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) return say(told.words ?? `HTTP ${answer.status}`, "bad");
  last = undefined;
  say(told.words);
  bar(told.bar);
  back(told);
}

function back(item) {
  if (current() && isMine()) ready.unshift(here);
  show(item);
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-undo]")) undo();
  else if (event.target.closest?.("[data-previous]")) {
    const id = seen.at(-2);
    if (id) location.href = current().querySelector("form[data-decides]").action.replace(/\/\d+\/approval/, `/${id}/`);
  }
});

// --- keys of the drawers; a held key decides once ----------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (event.repeat && !event.target.closest("input, textarea, select")) return event.stopImmediatePropagation();
  const drawer = current()?.querySelector("details.drawer[open]");
  if (!drawer) return;
  const isWriting = event.target.matches("input:not([type=radio]), textarea");
  if (event.key === "Escape") {
    event.stopImmediatePropagation();
    drawer.open = false;
    drawer.querySelector("summary").focus();
  } else if (!isWriting && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const choice = drawer.querySelector(`[data-digit="${CSS.escape(event.key)}"]`);
    if (choice) {
      choice.checked = true;
      choice.focus();
      event.preventDefault();
    }
    if (choice || event.key !== "Enter") event.stopImmediatePropagation();
  }
}, true);

// Opened at once, not when the browser comes round to it: the next letter belongs to the field already.
document.addEventListener("click", (event) => {
  const details = event.target.closest?.("summary")?.parentElement;
  if (!details?.matches("details.drawer, [data-edit]") || !place.contains(details)) return;
  event.preventDefault();
  if (details.querySelector("summary").getAttribute("aria-disabled") === "true") return;
  details.open = !details.open;
  if (details.open) details.querySelector("input:checked, input:not([type=hidden]), .input")?.focus();
});

// A found category is chosen at once: arrows go to the others, the decision's key takes it.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail?.requestConfig?.elt?.matches?.("[data-finds]")) current().querySelector("input[name=category]:checked")?.focus();
});

// --- holding the item --------------------------------------------------------------------------------------

async function lease() {
  const node = current();
  if (!node?.dataset.lease || document.hidden) return;
  const answer = await post(node.dataset.lease, {}).catch(() => undefined);
  if (answer?.status !== 409 || current() !== node) return;
  const told = await answer.json().catch(() => ({}));
  if (outbox.some((one) => one.id === node.dataset.item)) return;
  const holder = node.querySelector("[data-holder]");
  const box = document.createElement("div");
  box.className = "note bad";
  box.setAttribute("role", "alert");
  box.textContent = told.words;
  holder?.replaceChildren(box);
  node.querySelectorAll("[data-decides] button, details.drawer > summary").forEach((button) => {
    if (!button.closest("[data-decides=skip]")) button.setAttribute("aria-disabled", "true");
  });
  delete node.dataset.lease;
}

// What was prepared and never seen goes back to the queue; what is unsent is asked about before it is left.
window.addEventListener("pagehide", () => {
  if (!ready.length) return;
  const data = new FormData();
  data.set("ids", ready.map((item) => item.id).join(","));
  data.set("csrfmiddlewaretoken", token());
  navigator.sendBeacon(place.dataset.releases, data);
});
window.addEventListener("beforeunload", (event) => { if (outbox.length && !ending) event.preventDefault(); });
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
// A page that isn't seen is painted no more: nothing may wait for that.
document.addEventListener("visibilitychange", () => (document.hidden ? flush() : lease()));

if (place) {
  kept.token = token();
  try {
    outbox = JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
  } catch { outbox = []; }
  if (outbox.some((one) => one.me !== place.dataset.me)) {
    outbox = [];
    note("wait", word("Other"));
  }
  store();
  const node = current();
  if (node) {
    here = { id: node.dataset.item, title: node.dataset.title, address: location.pathname + location.search, node };
    seen.push(here.id);
  }
  setInterval(lease, LEASE);
  flush();
  lease();
  fill();
}
