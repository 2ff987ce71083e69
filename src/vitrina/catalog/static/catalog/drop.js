// A file dropped on [data-drop] is taken and looked at; how far an upload is, is said in its bar.
const zone = (event) => (event.target instanceof Element ? event.target.closest("[data-drop]") : null);
for (const name of ["dragover", "dragenter"]) {
  document.addEventListener(name, (event) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault(); // beside the zone, too: a browser would leave the page for the file
    const place = zone(event);
    if (place) place.dataset.over = "";
  });
}
document.addEventListener("dragleave", (event) => {
  const place = zone(event);
  if (place && !place.contains(event.relatedTarget)) delete place.dataset.over;
});
document.addEventListener("drop", (event) => {
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  const place = zone(event) ?? document.querySelector("[data-drop]");
  if (!place) return;
  delete place.dataset.over;
  const input = place.querySelector("input[type=file]");
  input.files = event.dataTransfer.files;
  input.form.requestSubmit();
});
document.addEventListener("change", (event) => {
  const name = event.target.matches?.("[data-drop] input[type=file]") && zone(event).querySelector("[data-drop-name]");
  if (!name) return;
  name.dataset.dropName ||= name.textContent;
  name.textContent = event.target.files[0]?.name ?? name.dataset.dropName;
});
document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.querySelector?.("[data-upload]");
  if (!bar || !event.detail.lengthComputable || !(event.target.querySelector("input[type=file]")?.files.length)) return;
  bar.hidden = false;
  bar.max = event.detail.total;
  bar.value = event.detail.loaded;
  if (event.detail.loaded >= event.detail.total) bar.removeAttribute("value"); // it is there, and is looked at
});
