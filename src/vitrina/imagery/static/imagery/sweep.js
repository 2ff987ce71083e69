// [data-sweep]: one picture over another; the range says how much of the upper one is seen. Without this script both
// stand below, side by side.
for (const place of document.querySelectorAll("[data-sweep]")) {
  const stage = place.querySelector(".sweep-stage");
  const range = place.querySelector("input[type=range]");
  const show = () => stage.style.setProperty("--sweep", `${range.value}%`);
  range.addEventListener("input", show);
  stage.addEventListener("pointermove", (event) => {
    if (!(event.buttons & 1) && event.pointerType === "mouse") return;
    const box = stage.getBoundingClientRect();
    range.value = String(((event.clientX - box.left) / box.width) * 100);
    show();
  });
  show();
  place.hidden = false;
}
