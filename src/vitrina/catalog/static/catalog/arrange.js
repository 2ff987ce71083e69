// [data-arranges]: a picture is dragged to another place of its list; dropped, its own form is sent with that place, as its
// buttons would send it one step at a time.
let dragged;
const item = (event) => (event.target instanceof Element ? event.target.closest("[data-arranges] > li") : null);

document.addEventListener("pointerdown", (event) => { const one = item(event); if (one) one.draggable = !event.target.closest("button"); });
document.addEventListener("dragstart", (event) => {
  dragged = item(event);
  if (!dragged) return;
  dragged.dataset.dragged = "";
  event.dataTransfer.effectAllowed = "move";
});
document.addEventListener("dragover", (event) => {
  const over = item(event);
  if (!dragged || !over || over.parentElement !== dragged.parentElement) return;
  event.preventDefault();
  for (const one of over.parentElement.children) one.toggleAttribute("data-over", one === over && over !== dragged);
});
document.addEventListener("drop", (event) => {
  const over = item(event);
  if (!dragged || !over || over === dragged) return;
  event.preventDefault();
  event.stopPropagation();
  const form = dragged.querySelector("form");
  const to = document.createElement("input");
  Object.assign(to, { type: "hidden", name: "to", value: over.dataset.place });
  form.append(to);
  form.requestSubmit();
}, true);
document.addEventListener("dragend", () => {
  for (const one of document.querySelectorAll("[data-arranges] > li")) { delete one.dataset.dragged; one.removeAttribute("data-over"); }
  dragged = undefined;
});
