// Following work as it happens. One stream per page:
//   <main data-live="product:5,job:7" data-live-after="120">   topics and the last event the page knows
//   <section data-job="7"> … [data-step] progress [data-left] [data-text] …   filled from the job's events
//   <div data-when="product:5">   its region is fetched anew when a topic says «changed»
//   <div data-news="seller:3" data-pace="3000">   the same at any news of a topic, at most so often (milliseconds)
//   <div data-when="seller:3" data-kinds="draft reply" data-about="17">   of a topic's news only these kinds, and none that
//   is about others alone; a job's own news always
// The region is the element itself, or the [data-renewed] around it, which stays when the part in it is replaced.
// A stream lost is said at the top of the page, with the time of the last news, and taken up where it broke.
const SILENCE = 45_000; // the server says something at least every 15 s
const GRACE = 2_000; // a stream that ends by plan is back before anybody need be told
const CONTROLS = "input:not([type=hidden]), textarea, select";
let source, last, heard = Date.now(), watch, mourning, retry = 1000;

function topics() {
  const wanted = new Set();
  for (const place of document.querySelectorAll("[data-live]")) {
    place.dataset.live.split(",").forEach((topic) => topic && wanted.add(topic));
    const after = Number(place.dataset.liveAfter || 0);
    if (last === undefined || after > last) last = after;
  }
  return [...wanted];
}

function open() {
  const wanted = topics();
  if (!wanted.length || document.hidden) return;
  source = new EventSource(`/live?topics=${encodeURIComponent(wanted.join(","))}&after=${last}`);
  source.onopen = () => { retry = 1000; hear(); };
  source.onerror = () => {
    mourning ??= setTimeout(() => stale(true), GRACE);
    if (source?.readyState === EventSource.CLOSED) {
      setTimeout(() => { close(); open(); }, retry);
      retry = Math.min(retry * 2, 30_000);
    }
  };
  source.addEventListener("beat", hear);
  source.addEventListener("news", (event) => {
    hear();
    if (event.lastEventId) last = Number(event.lastEventId);
    tell(JSON.parse(event.data));
  });
  clearInterval(watch);
  watch = setInterval(() => { if (Date.now() - heard > SILENCE) { stale(true); close(); open(); } }, 5000);
}

function close() {
  source?.close();
  source = undefined;
  clearInterval(watch);
}

function hear() {
  heard = Date.now();
  clearTimeout(mourning);
  mourning = undefined;
  stale(false);
}

function stale(is) {
  const bar = document.querySelector("[data-stale]");
  if (!bar) return;
  bar.hidden = !is;
  if (is) bar.querySelector("[data-stale-since]").textContent = new Date(heard).toLocaleTimeString(document.documentElement.lang);
}

function tell(news) {
  document.dispatchEvent(new CustomEvent("vitrina:news", { detail: news }));
  if (news.people) return; // who is where changes no region: the page draws it from the news itself
  for (const place of document.querySelectorAll(`[data-job="${CSS.escape(String(news.job))}"]`)) fill(place, news);
  const topic = CSS.escape(news.topic);
  if (news.changed) for (const part of document.querySelectorAll(`[data-when~="${topic}"]`)) if (concerns(part, news)) renew(part);
  document.querySelectorAll(`[data-news~="${topic}"]`).forEach(renew);
}

function concerns(part, news) {
  const { kinds, about } = part.dataset;
  return (!kinds || news.topic.startsWith("job:") || kinds.split(" ").includes(news.kind))
    && (!about || news.about === undefined || news.about === null || [news.about].flat().some((one) => String(one) === about));
}

// A region is fetched anew at once, or after its pace; while somebody is writing in it, when they have left it.
const renewing = new WeakMap();
function renew(part) {
  const place = part.closest("[data-renewed]") ?? part;
  const state = renewing.get(place) ?? { at: 0, timer: 0 };
  renewing.set(place, state);
  if (state.timer) return;
  const wait = Math.max(0, state.at + Number(part.dataset.pace || 0) - Date.now());
  state.timer = setTimeout(() => {
    state.timer = 0;
    if (!place.isConnected) return;
    if (isInUse(place)) return place.addEventListener("focusout", () => renew(place), { once: true });
    state.at = Date.now();
    htmx.trigger(place, "changed");
  }, wait);
}

function isInUse(place) {
  const written = (field) => (field.type === "checkbox" || field.type === "radio" ? false : field.defaultValue !== undefined && field.value !== field.defaultValue);
  const active = document.activeElement;
  return (place.contains(active) && active.matches("input[type=text], input[type=search], input:not([type]), textarea, select"))
    || [...place.querySelectorAll(CONTROLS)].some(written);
}

function fill(place, news) {
  const say = (name, words) => {
    const spot = place.querySelector(`[data-${name}]`);
    if (spot && words !== undefined && words !== null && spot.textContent !== String(words)) spot.textContent = words;
  };
  say("step", news.step_name);
  say("left", news.left);
  say("rate", news.rate);
  say("done", news.done);
  say("total", news.total);
  if (news.text) write(place.querySelector("[data-text]"), news.text);
  const bar = place.querySelector("progress");
  if (bar && news.total) { bar.max = news.total; bar.value = news.done ?? 0; }
  const steps = [...place.querySelectorAll("[data-step-id]")];
  const now = steps.findIndex((step) => step.dataset.stepId === news.step);
  if (now >= 0) steps.forEach((step, at) => { step.dataset.state = at < now ? "done" : at === now ? "now" : "next"; });
}

// The text grows at its end; who reads at the end stays there, who scrolled up is left alone.
function write(spot, text) {
  if (!spot) return;
  const isAtEnd = spot.scrollHeight - spot.scrollTop - spot.clientHeight < 40;
  const written = spot.firstChild;
  if (written && text.startsWith(written.data)) written.appendData(text.slice(written.data.length));
  else spot.textContent = text;
  if (isAtEnd) spot.scrollTop = spot.scrollHeight;
}

// A hidden tab gives its connection back (a browser has six per server) and catches up when it is seen again.
document.addEventListener("visibilitychange", () => (document.hidden ? close() : source || open()));
window.addEventListener("pagehide", close);
window.addEventListener("pageshow", (event) => { if (event.persisted && !source) open(); });
// A swapped region may have brought other topics.
document.addEventListener("htmx:afterSettle", () => {
  const now = source ? new URL(source.url).searchParams.get("topics") : "";
  if (topics().join(",") !== now) { close(); open(); }
});
open();
