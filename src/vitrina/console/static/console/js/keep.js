// What a swapped region must not take from a person: the focus, the row they are at, and what they opened.
const NAMING = ["name", "value", "href", "formaction", "action", "data-key", "aria-label"];
let kept;

function trace(element) {
  if (element.id) return { selector: `#${CSS.escape(element.id)}`, at: 0 };
  const named = NAMING.filter((name) => element.hasAttribute(name) && !(name === "value" && !element.matches("button")));
  const selector = element.localName + named.map((name) => `[${name}="${CSS.escape(element.getAttribute(name))}"]`).join("");
  return { selector, at: [...document.querySelectorAll(selector)].indexOf(element) };
}

function found({ selector, at }) {
  const all = document.querySelectorAll(selector);
  return all[at] ?? all[0];
}

const summaries = (root) => [...root.querySelectorAll("details > summary")];

document.addEventListener("htmx:beforeSwap", (event) => {
  const region = event.detail.target;
  const active = document.activeElement;
  kept = {
    focus: active !== document.body && region.contains(active) ? trace(active) : null,
    row: Boolean(active?.closest("[data-row][data-at]")),
    open: summaries(region).filter((summary) => summary.parentElement.open).map((summary) => summary.textContent.trim()),
  };
});
document.addEventListener("htmx:afterSettle", () => {
  if (!kept) return;
  const { focus, row, open } = kept;
  kept = undefined;
  for (const summary of summaries(document)) if (open.includes(summary.textContent.trim())) summary.parentElement.open = true;
  if (!focus || document.activeElement !== document.body) return;
  const again = found(focus);
  again?.focus({ preventScroll: true });
  if (row) again?.closest("[data-row]")?.setAttribute("data-at", "");
});
