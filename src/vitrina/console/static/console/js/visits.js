// Tells the studio what a person opened, whether a draft stood there and how soon it was seen: once for each interaction
// with what its buyer now says, and once more when a draft that was missing has come.
const FROM = "[data-from-draft]";
let pressed = document.hidden ? undefined : 0; // when what opens the next one was pressed, on the page's clock
let since; // the same, of the one that is open
let told; // what was told last: an interaction and a version of it
let waits = false; // it had no draft then

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id !== "pane") return;
  // A request that another script makes for what was pressed has no event of its own.
  pressed = event.detail.requestConfig.triggeringEvent?.timeStamp ?? pressed ?? performance.now();
});

function look() {
  const pane = document.querySelector("[data-visit]");
  const version = document.querySelector("[data-version]")?.dataset.version;
  if (!pane || !version || document.hidden) return;
  const key = `${pane.dataset.visit} ${version}`;
  const draft = pane.querySelector("[data-draft-text]")?.dataset.draftId ?? "";
  if (key === told && !(waits && draft)) return;
  const isLate = key === told;
  // Without a press it is the same one, and its buyer wrote once more.
  if (!isLate) since = pressed ?? performance.now();
  pressed = undefined;
  told = key;
  waits = !draft;
  // After the frame that shows it.
  const shown = () => requestAnimationFrame(() => setTimeout(() => tell(pane, { version, draft, isLate })));
  if ("unconfirmed" in pane.dataset) pane.addEventListener("vitrina:confirmed", shown, { once: true });
  else shown();
}

function tell(pane, { version, draft, isLate }) {
  const token = pane.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!token) return;
  const isSeen = draft && pane.querySelector(FROM)?.value === draft;
  const passed = Math.round(performance.now() - since);
  const body = new URLSearchParams({ version, draft, shown_ms: isSeen && passed <= 600000 ? passed : "" });
  if (isLate) body.set("late", "1");
  fetch(pane.dataset.visit, { method: "POST", body, headers: { "X-CSRFToken": token }, credentials: "same-origin", keepalive: true }).catch(() => {});
}

document.addEventListener("htmx:afterSettle", (event) => {
  look();
  if (event.detail.target?.id === "pane") pressed = undefined; // the same one stands there still
});
document.addEventListener("visibilitychange", look);
look();
