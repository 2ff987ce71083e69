// One product. [data-differences] shows and hides what differs between two texts; a row of the attributes, pointed at
// or focused, lights the words of the listing that its value was read from.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-differences]")) {
    event.target.closest(".panel").toggleAttribute("data-plain", !event.target.checked);
  }
});

function light(row) {
  const number = row?.dataset.sources;
  for (const place of document.querySelectorAll("[data-source-of]")) {
    place.toggleAttribute("data-lit", Boolean(number) && place.dataset.sourceOf.split(" ").includes(number));
  }
}
for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, (event) => light(event.target.closest?.("[data-sources]")));
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-source]");
  if (!button) return;
  light(button.closest("[data-sources]"));
  document.querySelector("[data-lit]")?.scrollIntoView({ block: "center", behavior: "auto" });
});

// [data-leaves]: a form with words that are not saved asks before one leaves it.
let typed = false;
document.addEventListener("input", (event) => { if (event.target.closest("[data-leaves]")) typed = true; });
document.addEventListener("submit", (event) => { if (event.target.matches("[data-leaves]")) typed = false; });
window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
