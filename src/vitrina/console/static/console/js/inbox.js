// The inbox: a draft that arrives goes into the answer only while nobody has typed there; what is typed survives walking
// to the next one and back, in this tab.
const box = () => document.querySelector("[data-reply-text]");
const pane = () => document.querySelector("[data-interaction]");
const me = document.querySelector("[data-me]").dataset.me;
const place = () => `inbox:${me}:${pane()?.dataset.interaction}`;

function isTouched(field) {
  return field.hasAttribute("data-kept") || field.value !== field.defaultValue;
}

function put(field, text, id) {
  field.defaultValue = text;
  field.value = text;
  document.querySelector("[data-from-draft]").value = id;
  field.dispatchEvent(new Event("input", { bubbles: true })); // the counter of characters
}

// A draft on the page, and whether it may go into the answer by itself.
function offer() {
  const field = box();
  const draft = document.querySelector("[data-draft-text]");
  const note = document.querySelector("[data-offer]");
  if (!field || !note) return;
  const isNew = draft && draft.dataset.draftId !== document.querySelector("[data-from-draft]").value;
  if (isNew && !isTouched(field)) put(field, draft.value, draft.dataset.draftId);
  note.hidden = !(isNew && isTouched(field));
}

// What was typed before, of this interaction by this person.
function recall() {
  const field = box();
  if (!field || field.dataset.recalled) return;
  field.dataset.recalled = "yes";
  let kept;
  try { kept = JSON.parse(sessionStorage.getItem(place()) ?? "null"); } catch { kept = null; }
  if (kept && !field.hasAttribute("data-kept") && kept.text !== field.value) {
    field.value = kept.text;
    document.querySelector("[data-from-draft]").value = kept.draft;
  }
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function overtaken() {
  const note = document.querySelector("[data-overtaken]");
  const now = document.querySelector("[data-version]")?.dataset.version;
  const then = document.querySelector("[data-reply] [name=version]")?.value;
  if (note) note.hidden = !now || now === then;
}

function mark() {
  const open = pane()?.dataset.interaction;
  for (const row of document.querySelectorAll("[data-item]")) {
    const is = row.dataset.item === open;
    row.toggleAttribute("data-open", is);
    const link = row.querySelector("a");
    if (is) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function look() {
  recall();
  offer();
  overtaken();
  mark();
}

document.addEventListener("input", (event) => {
  if (!event.isTrusted || !event.target.matches("[data-reply-text]")) return;
  sessionStorage.setItem(place(), JSON.stringify({ text: event.target.value, draft: document.querySelector("[data-from-draft]").value }));
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-insert]")) return;
  const draft = document.querySelector("[data-draft-text]");
  if (draft && box()) {
    box().removeAttribute("data-kept");
    put(box(), draft.value, draft.dataset.draftId);
    sessionStorage.removeItem(place());
    box().focus();
    offer();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.repeat) return;
  const button = document.querySelector("[data-send-next]");
  if (!button || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  button.click();
});
// Sent: the studio keeps it now. Where it was refused the page comes back with the text in it.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-reply]")) sessionStorage.removeItem(place());
}, true);
document.addEventListener("htmx:afterSettle", look);
// Another one is open: the keys go on from its heading.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "pane") document.querySelector("#pane h1")?.focus({ preventScroll: true });
});
look();
