// [data-opens="id"] opens the dialog of that id; a click on its backdrop closes it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.opens)?.showModal();
  } else if (event.target instanceof HTMLDialogElement) {
    event.target.close();
  }
});
// The sheet on a phone closes when anything else is touched.
document.addEventListener("click", (event) => {
  for (const sheet of document.querySelectorAll(".bar details[open]")) {
    if (!sheet.contains(event.target)) sheet.open = false;
  }
});
// [data-asks] asks before it does what can't be taken back.
document.addEventListener("submit", (event) => {
  const words = event.submitter?.dataset.asks ?? event.target.dataset.asks;
  if (words && !window.confirm(words)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);
