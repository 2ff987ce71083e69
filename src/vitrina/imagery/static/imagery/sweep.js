// [data-sweep]: one picture over another; the range says how much of the upper one is seen. Without this script both
// stand below, side by side. The place of the line lives in a sheet of its own: no element gets a style.
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

for (const place of document.querySelectorAll("[data-sweep]")) {
  const stage = place.querySelector(".sweep-stage");
  const range = place.querySelector("input[type=range]");
  const show = () => sheet.replaceSync(`.sweep-stage { --sweep: ${Number(range.value)}%; }`);
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
