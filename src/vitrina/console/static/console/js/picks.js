// Ticking rows by keyboard and hand: Space at a row, Shift for all between, everything shown; what is ticked survives a list that
// is fetched anew. Where ticked ones are sent from the page itself, Ctrl+Enter sends them.
const boxes = () => [...document.querySelectorAll("[data-row] input[type=checkbox][name=ids]")];
const picked = new Set();
let anchor; // the value of the box that was set last

function set(box, is) {
  box.checked = is;
  if (is) picked.add(box.value);
  else picked.delete(box.value);
}

// From the box that was set last to this one, all as this one is to be.
function between(box, is) {
  const all = boxes();
  const [from, to] = [all.findIndex((one) => one.value === anchor), all.indexOf(box)];
  const range = from < 0 ? [box] : all.slice(Math.min(from, to), Math.max(from, to) + 1);
  range.forEach((one) => set(one, is));
}

function toggle(box, is, withShift) {
  if (withShift) between(box, is);
  else set(box, is);
  anchor = box.value;
  tell(box);
}

function tell(box) {
  count();
  box?.dispatchEvent(new Event("change", { bubbles: true })); // the bar of the list counts, too
}

function count() {
  const button = document.querySelector("[data-send-picked]");
  if (!button) return;
  const ticked = boxes().filter((box) => box.checked).length;
  button.closest(".bulk").querySelector("[data-picked]").textContent = ticked;
  button.setAttribute("aria-disabled", String(!ticked));
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-row] input[name=ids]");
  if (box) return toggle(box, box.checked, event.shiftKey);
  const all = event.target.closest?.("[data-picks-all]");
  if (all) {
    const is = boxes().some((one) => !one.checked);
    boxes().forEach((one) => set(one, is));
    tell(boxes()[0]);
  }
  if (event.target.closest?.("[data-picks-clean]")) {
    boxes().filter((one) => one.hasAttribute("data-clean")).forEach((one) => set(one, true));
    tell(boxes()[0]);
  }
});
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat) {
    const button = document.querySelector("[data-send-picked]:not([aria-disabled=true])");
    if (button) { event.preventDefault(); button.click(); }
    return;
  }
  // The one that is open beside the list; at a row the key is known on every page.
  if (event.code === "KeyX" && !event.ctrlKey && !event.metaKey && !event.target.closest("input:not([type=checkbox]), textarea, select")) {
    if (!document.querySelector("[data-row][data-at]")) document.querySelector("[data-row][data-open] input[name=ids]")?.click();
    return;
  }
  if (event.key !== " " || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select, button, summary")) return;
  const box = (event.target.closest("[data-row]") ?? document.querySelector("[data-row][data-at]"))?.querySelector("input[name=ids]");
  if (!box) return;
  event.preventDefault();
  toggle(box, !box.checked, event.shiftKey);
});
// A button at rest sends nothing, however it is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-approves]") && !boxes().some((box) => box.checked)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);
document.addEventListener("htmx:afterSwap", () => {
  const there = boxes();
  there.forEach((box) => { box.checked = picked.has(box.value); });
  if (there.some((box) => box.checked)) tell(there[0]);
});
window.addEventListener("pageshow", () => { boxes().filter((box) => box.checked).forEach((box) => picked.add(box.value)); count(); });
count();
