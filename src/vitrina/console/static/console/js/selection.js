// Counting the selected rows; «all on this page»; the bar of bulk actions shows itself with the first one.
function recount() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const boxes = [...document.querySelectorAll("[data-row] input[name=ids]")];
  const picked = boxes.filter((box) => box.checked).length;
  const all = document.querySelector("[data-pick-all]");
  if (all) {
    all.checked = picked > 0 && picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
  }
  if (picked) bar.dataset.count = picked;
  else delete bar.dataset.count;
  for (const place of bar.querySelectorAll("[data-picked]")) place.textContent = picked;
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) {
    for (const box of document.querySelectorAll("[data-row] input[name=ids]")) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-pick-all], input[name=ids]")) recount();
});
document.addEventListener("htmx:afterSwap", recount);
window.addEventListener("pageshow", recount);
