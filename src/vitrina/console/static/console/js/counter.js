// «48 of 60»: how long a text is, for a field with data-most.
function count(field) {
  const place = document.getElementById(`${field.id}_count`);
  if (!place) return;
  const most = Number(field.dataset.most);
  const length = [...field.value].length;
  place.textContent = `${length} / ${most}`;
  place.classList.toggle("over", length > most);
}
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-most]")) count(event.target);
});
document.querySelectorAll("[data-most]").forEach(count);
