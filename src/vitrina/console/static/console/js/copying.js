// [data-copies="id"] puts the words of that element on the clipboard and says so on itself.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const place = document.getElementById(button.dataset.copies);
  const words = (place.value ?? place.textContent).trim();
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    // Plain http on another host has no clipboard: the words are selected instead, ready for Ctrl-C.
    if (place.select) return place.select();
    return getSelection().selectAllChildren(place);
  }
  const label = button.querySelector("span") ?? button;
  label.textContent = button.dataset.copied;
  button.setAttribute("aria-live", "polite");
});
