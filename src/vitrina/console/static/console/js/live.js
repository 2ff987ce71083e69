// Following work as it happens. One stream per page:
//   <main data-live="product:5,job:7" data-live-after="120">   topics and the last event the page knows
//   <section data-job="7"> … [data-step] progress [data-left] [data-text] …   filled from the job's events
//   <div data-when="product:5" hx-get="…" hx-trigger="changed">   fetched anew when a topic says «changed»
// A stream lost is said at the top of the page, with the time of the last news, and taken up where it broke.
const SILENCE = 45_000; // the server says something at least every 15 s
let source, last, heard, watch, retry = 1000;

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
    stale(true);
    if (source.readyState === EventSource.CLOSED) {
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
  stale(false);
}

function stale(is) {
  const bar = document.querySelector("[data-stale]");
  if (!bar) return;
  bar.hidden = !is;
  if (is) bar.querySelector("[data-stale-since]").textContent = heard ? new Date(heard).toLocaleTimeString() : "";
}

function tell(news) {
  for (const place of document.querySelectorAll(`[data-job="${CSS.escape(String(news.job))}"]`)) fill(place, news);
  if (news.changed) {
    for (const place of document.querySelectorAll(`[data-when~="${CSS.escape(news.topic)}"]`)) htmx.trigger(place, "changed");
  }
}

function fill(place, news) {
  const say = (name, words) => {
    const spot = place.querySelector(`[data-${name}]`);
    if (spot && words !== undefined && words !== null) spot.textContent = words;
  };
  say("step", news.step_name);
  say("left", news.left);
  say("rate", news.rate);
  say("done", news.done);
  say("total", news.total);
  if (news.text) say("text", news.text);
  const bar = place.querySelector("progress");
  if (bar && news.total) { bar.max = news.total; bar.value = news.done; }
  const steps = [...place.querySelectorAll("[data-step-id]")];
  const now = steps.findIndex((step) => step.dataset.stepId === news.step);
  if (now >= 0) steps.forEach((step, at) => { step.dataset.state = at < now ? "done" : at === now ? "now" : "next"; });
}

// A hidden tab gives its connection back (a browser has six per server) and catches up when it is seen again.
document.addEventListener("visibilitychange", () => (document.hidden ? close() : source || open()));
window.addEventListener("pagehide", close);
// A swapped region may have brought other topics.
document.addEventListener("htmx:afterSettle", () => {
  const now = source ? new URL(source.url).searchParams.get("topics") : "";
  if (topics().join(",") !== now) { close(); open(); }
});
open();
