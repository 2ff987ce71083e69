// What is likely to be opened next is asked for before: the one beside the open one, and what the pointer or the focus rests on.
// Opened, it stands at once, and in the same moment the studio is asked whether it still stands so: what has changed takes its
// place, and a draft that isn't confirmed before anybody can have read it is veiled until it is. News of it, or a stream that is
// lost, and it is asked for anew.
const FRESH = 60_000; // times of day and time left are told in words
const AGAIN = 1_000; // without an answer
const MOST = 16;
const BACK = 1_000; // the one before is opened more rarely than the next one
const SOON = 60; // inbox.css: from then on what isn't confirmed is veiled
const RESTS = 20; // the pointer on a row, on its way to another one or not
const ahead = new Map(); // address → {asked: Promise, at, heard: ids, pane?: {html, address, id, imprint}}
let took = 0; // how long the last confirming took
let wanted = 0; // counts what was opened: of two in a hurry the later one stays
let resting = 0, before = 0;

const OPENS = "a[hx-get][hx-target='#pane']";
const open = () => document.querySelector("[data-interaction]");
const isLost = () => document.querySelector("[data-stale]")?.hidden === false;
const address = (link) => link.getAttribute("hx-get");

function ask(link) {
  const where = link && address(link);
  if (!where || document.hidden || isLost() || known(where)) return;
  if (ahead.size >= MOST) ahead.delete(ahead.keys().next().value);
  const entry = { at: Date.now(), heard: [] };
  entry.asked = take(where, { "X-Ahead": "1" }).catch(() => undefined).then((pane) => {
    // News of it that came meanwhile may have come after it was read.
    if (pane && !entry.heard.includes(pane.id)) entry.pane = pane;
    else if (ahead.get(where) === entry) ahead.delete(where);
    return entry.pane;
  });
  ahead.set(where, entry);
}

function known(where) {
  const entry = ahead.get(where);
  if (entry && Date.now() - entry.at > FRESH) ahead.delete(where);
  return ahead.get(where);
}

// Undefined where it is no pane: it stands as it stood, or somebody has to sign in.
async function take(where, headers) {
  const answer = await fetch(where, { headers: { "HX-Request": "true", "HX-Target": "pane", ...headers }, credentials: "same-origin" });
  if (answer.status === 204) return undefined;
  const pushed = answer.headers.get("HX-Push-Url");
  if (!answer.ok || !pushed) throw new Error(String(answer.status));
  const html = await answer.text();
  const [, id] = /data-interaction="(\d+)"/.exec(html);
  const [, imprint] = /data-imprint="([^"]*)"/.exec(html);
  return { html, address: pushed, id, imprint };
}

// Told as htmx tells its own: other scripts keep what is open, and look at what is new.
function show(pane) {
  const target = document.getElementById("pane");
  const eventInfo = { target, requestConfig: {} };
  htmx.trigger(target, "htmx:beforeSwap", eventInfo);
  htmx.swap(target, pane.html, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0, show: "top", showTarget: "window" }, { eventInfo });
}

// Over a slow line at once, or the draft would be seen to come and go.
const unconfirmed = (pane) => ({ ...pane, html: pane.html.replace('id="pane"', `id="pane" data-unconfirmed="${took > SOON ? "veiled" : ""}"`) });
function unveil(place) {
  place?.removeAttribute("data-unconfirmed");
  place?.dispatchEvent(new Event("vitrina:confirmed"));
}
const stands = (pane) => take(pane.address, { "X-Stands": pane.imprint });

async function confirm(pane, answer, turn) {
  try {
    const now = await answer;
    if (turn !== wanted) return;
    if (now) show(now);
    else unveil(document.getElementById("pane"));
  } catch (error) {
    if (turn !== wanted) return;
    // Not there any more, or signed out: the whole page says so. Else it is asked again, until it is known.
    if (/^4/.test(error.message)) location.reload();
    else setTimeout(() => turn === wanted && confirm(pane, stands(pane), turn), AGAIN);
  }
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const { target, requestConfig } = event.detail;
  if (target?.id !== "pane") return;
  const turn = ++wanted;
  if (requestConfig.verb !== "get" || isLost()) return;
  const entry = known(requestConfig.path);
  if (!entry) return;
  event.preventDefault();
  const stand = (pane) => {
    if (turn !== wanted) return;
    if (!pane) return htmx.ajax("GET", requestConfig.path, { target: "#pane", swap: "outerHTML show:window:top" });
    const answer = stands(pane), asked = performance.now(); // before it is shown: both take their time side by side
    history.pushState({ htmx: true }, "", pane.address);
    show(unconfirmed(pane));
    answer.then(() => { took = performance.now() - asked; }, () => {});
    confirm(pane, answer, turn).finally(neighbours);
  };
  if (entry.pane) stand(entry.pane);
  else entry.asked.then(stand);
});

function neighbours() {
  if (!open()) return ask(document.querySelector(`[data-row] ${OPENS}`));
  ask(open().querySelector(`${OPENS}[data-key=j]`));
  clearTimeout(before);
  before = setTimeout(() => ask(open()?.querySelector(`${OPENS}[data-key=k]`)), BACK);
}

document.addEventListener("pointerover", (event) => {
  clearTimeout(resting);
  const link = event.target.closest(OPENS);
  if (link) resting = setTimeout(ask, RESTS, link);
});
document.addEventListener("pointerdown", (event) => ask(event.target.closest(OPENS)));
document.addEventListener("focusin", (event) => ask(event.target.closest(OPENS)));

document.addEventListener("vitrina:news", ({ detail: { kind, topic, about } }) => {
  if (!topic.startsWith("seller:")) return;
  const these = about === null || about === undefined ? undefined : [about].flat().map(String);
  if (!these && kind !== "inbox") return;
  for (const [where, entry] of ahead) {
    entry.heard.push(...these ?? []);
    // Of whom nothing is said may be anyone, and the list itself another.
    if (!these || these.includes(entry.pane?.id)) ahead.delete(where);
  }
  later();
});

let soon = 0;
function later() {
  clearTimeout(soon);
  soon = setTimeout(neighbours, 100);
}
document.addEventListener("htmx:afterSettle", (event) => { if (event.target.closest?.("#pane, #queue")) later(); });
later();
