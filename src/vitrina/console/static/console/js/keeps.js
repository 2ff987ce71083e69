// <details data-keeps="name"> stays open when a swap brings it anew.
let open = [];
document.addEventListener("htmx:beforeSwap", () => {
  open = [...document.querySelectorAll("details[data-keeps][open]")].map((one) => one.dataset.keeps);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const name of open) document.querySelector(`details[data-keeps="${CSS.escape(name)}"]`)?.setAttribute("open", "");
});
