// Counting the selected rows; «all on this page», «all that the filter finds»; the bar of deeds shows itself with the first.
const boxes = () => [...document.querySelectorAll("[data-row] input[name=ids]")];

function recount() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const found = bar.querySelector("[data-pick-found]");
  const every = found?.checked ?? false;
  for (const box of boxes()) box.disabled = every;
  const picked = boxes().filter((box) => box.checked).length;
  const all = document.querySelector("[data-pick-all]");
  if (all) {
    all.checked = picked > 0 && picked === boxes().length;
    all.indeterminate = picked > 0 && picked < boxes().length;
    all.disabled = every;
  }
  if (picked || every) bar.dataset.count = picked;
  else delete bar.dataset.count;
  for (const place of bar.querySelectorAll("[data-picked]")) place.textContent = every ? "✓" : picked;
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) {
    for (const box of boxes()) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-pick-all], [data-pick-found], input[name=ids]")) recount();
});
document.addEventListener("htmx:afterSwap", recount);
window.addEventListener("pageshow", recount);
