// What is fetched anew by itself moves nothing under the eyes: the row that stands at the top of the list, and the field that is
// written in, stay where they are. At the very top of a list that nobody points at, what is new may come in.
let anchor = null;

const scroller = (list) => (list.scrollHeight > list.clientHeight + 1 && getComputedStyle(list).overflowY === "auto" ? list : document.scrollingElement);

function rowAnchor(list) {
  const view = scroller(list);
  const isLeft = !list.matches(":hover") && !list.contains(document.activeElement);
  if (isLeft && view.scrollTop < 4) return null;
  const top = view === list ? list.getBoundingClientRect().top : 0;
  const row = [...list.querySelectorAll("[data-item]")].find((one) => one.getBoundingClientRect().bottom > top + 1);
  return row && { find: () => list.querySelector(`[data-item="${CSS.escape(row.dataset.item)}"]`), top: row.getBoundingClientRect().top, view };
}

function fieldAnchor(region) {
  const field = document.activeElement;
  if (!field?.matches("input, textarea, select") || region.contains(field)) return null;
  return { find: () => (field.isConnected ? field : null), top: field.getBoundingClientRect().top, view: document.scrollingElement };
}

document.addEventListener("htmx:beforeSwap", (event) => {
  anchor = null;
  if (event.detail.requestConfig?.triggeringEvent?.isTrusted) return; // asked for by hand
  const list = event.detail.target.closest(".inbox-list");
  anchor = list ? rowAnchor(list) : fieldAnchor(event.detail.target);
});
document.addEventListener("htmx:afterSettle", () => {
  const now = anchor?.find();
  if (now) anchor.view.scrollTop += now.getBoundingClientRect().top - anchor.top;
  anchor = null;
});
