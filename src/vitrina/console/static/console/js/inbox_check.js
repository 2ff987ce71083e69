// What the guardrails say to a text while it is typed. The studio is asked when the fingers rest; what it found is marked behind
// the letters of the text box, and moves with them until the next answer. What can't be sent holds the sending, with its reason.
const REST = 400;
let checked = "", timer = 0;

const box = () => document.querySelector("[data-reply-text]");
const results = () => document.getElementById("reply_check");
// Of characters as the studio counts them.
const at = (text, number) => [...text].slice(0, number).join("").length;

function places() {
  return [...results().querySelectorAll("[data-from]")].map((finding) => ({
    finding,
    start: at(checked, Number(finding.dataset.from)),
    end: at(checked, Number(finding.dataset.to)),
    severity: finding.classList.contains("high") ? "high" : "warning",
  }));
}

// Where a place of the checked text stands now; null where it was written over.
function moved({ start, end }, text) {
  let same = 0;
  while (same < checked.length && same < text.length && checked[same] === text[same]) same += 1;
  if (end <= same) return [start, end];
  let tail = 0;
  while (tail < checked.length - same && tail < text.length - same && checked.at(-1 - tail) === text.at(-1 - tail)) tail += 1;
  const shift = text.length - checked.length;
  return start >= checked.length - tail ? [start + shift, end + shift] : null;
}

function draw() {
  const field = box();
  const back = document.querySelector("[data-marks]");
  if (!field || !back) return;
  const text = field.value;
  const pieces = [];
  let written = 0;
  for (const place of places().sort((one, other) => one.start - other.start || other.end - one.end)) {
    const now = moved(place, text);
    if (!now || now[0] < written) continue;
    const mark = document.createElement("mark");
    mark.className = `found ${place.severity}`;
    mark.textContent = text.slice(...now);
    pieces.push(text.slice(written, now[0]), mark);
    written = now[1];
  }
  back.replaceChildren(...pieces, `${text.slice(written)}\n`);
  back.scrollTop = field.scrollTop;
}

function hold() {
  const blocked = Boolean(results()?.querySelector("[data-blocked]"));
  document.getElementById("reply_blocked").hidden = !blocked;
  for (const button of document.querySelectorAll("[data-send]")) {
    if (blocked) {
      button.setAttribute("aria-disabled", "true");
      button.setAttribute("aria-describedby", "reply_blocked");
    } else {
      button.removeAttribute("aria-disabled");
      button.removeAttribute("aria-describedby");
    }
  }
}

function show(finding) {
  const place = places().find((one) => one.finding === finding);
  const now = place && moved(place, box().value);
  box().focus();
  if (now) box().setSelectionRange(...now);
}

// A page that came with its findings: they are of the text that it came with.
function begin() {
  const place = results();
  if (!place || place.dataset.begun) return;
  place.dataset.begun = "yes";
  checked = box().defaultValue;
  if (box().value === checked) hold();
  draw();
}

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-reply-text]")) return;
  begin();
  draw();
  clearTimeout(timer);
  if (event.target.value !== checked) timer = setTimeout(() => results() && htmx.trigger(results(), "check"), REST);
});
document.addEventListener("scroll", (event) => {
  const back = document.querySelector("[data-marks]");
  if (back && event.target === box()) back.scrollTop = event.target.scrollTop;
}, true);
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.id === "reply_check") event.detail.elt.asks = box().value;
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.id !== "reply_check") return;
  document.querySelector("[data-unchecked]").hidden = event.detail.successful || !event.detail.failed;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "reply_check") return;
  checked = event.detail.target.asks;
  hold();
  draw();
});
document.addEventListener("click", (event) => {
  const finding = event.target.closest("[data-show-place]")?.closest(".finding");
  if (finding) show(finding);
  if (!event.target.closest("[data-send][aria-disabled=true]")) return;
  event.preventDefault();
  event.stopPropagation();
  const first = results().querySelector(".finding.high");
  if (first) show(first);
}, true);
begin();
