// <details class="options"> is a box over the page: a touch beside it or Escape puts it away.
// Not a click: Enter in a form makes one, too, on its button.
document.addEventListener("pointerdown", (event) => {
  for (const box of document.querySelectorAll("details.options[open]")) {
    if (!box.contains(event.target)) box.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const box of document.querySelectorAll("details.options[open]")) {
    box.open = false;
    box.querySelector("summary").focus();
  }
});
