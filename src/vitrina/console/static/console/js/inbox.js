// The inbox: a draft that arrives goes into the answer only while nobody has typed there; what is typed survives a reload, a
// lost connection and walking to the next one and back, until it is sent; what changes elsewhere is said and moves nothing.
const me = document.querySelector("[data-me]").dataset.me;
const KEPT_FOR = 14 * 24 * 3600_000;
const box = () => document.querySelector("[data-reply-text]");
const pane = () => document.querySelector("[data-interaction]");
const from = () => document.querySelector("[data-from-draft]");
let isSettling = false; // what was swapped in doesn't work yet
let replaced = null; // what was typed before a draft was put in its place: {of, text, draft}

// --- What is typed, by person and interaction ----------------------------------------------------------------

const place = (what, of = pane()?.dataset.interaction) => `inbox:${me}:${of}:${what}`;

function stored(key) {
  try { return JSON.parse(localStorage.getItem(key) ?? "null"); } catch { return null; }
}

function keep(field) {
  const key = place(field.dataset.typed);
  try {
    if (field.value === field.defaultValue) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ text: field.value, draft: from()?.value ?? "", at: Date.now() }));
  } catch { /* full or forbidden: it stands in the field all the same */ }
}

function recall(field) {
  if (field.dataset.recalled) return;
  field.dataset.recalled = "yes";
  const kept = stored(place(field.dataset.typed));
  if (!kept || field.hasAttribute("data-kept") || kept.text === field.value) return;
  field.value = kept.text;
  field.closest("details")?.setAttribute("open", "");
  if (field === box() && from()) from().value = kept.draft;
}

for (const key of Object.keys(localStorage)) {
  if (key.startsWith("inbox:") && !((stored(key)?.at ?? 0) > Date.now() - KEPT_FOR)) localStorage.removeItem(key);
}

// --- Drafts --------------------------------------------------------------------------------------------------

const isTouched = (field) => field.hasAttribute("data-kept") || field.value !== field.defaultValue;

function put(text, id) {
  const field = box();
  field.removeAttribute("data-kept");
  field.defaultValue = text;
  field.value = text;
  from().value = id;
  localStorage.removeItem(place(field.dataset.typed));
  field.dispatchEvent(new Event("input", { bubbles: true })); // the counter, the check
}

// By the person's hand: what they had typed can be had back.
function take(text, id) {
  const field = box();
  if (!field || !from()) return;
  if (isTouched(field) && field.value.trim() && field.value !== text) replaced = { of: pane().dataset.interaction, text: field.value, draft: from().value };
  put(text, id);
  field.focus();
  look();
}

// A draft on the page, and whether it may go into the answer by itself.
function offer() {
  const field = box();
  const draft = document.querySelector("[data-draft-text]");
  const note = document.querySelector("[data-offer]");
  if (!field || !note) return;
  const isNew = draft && draft.dataset.draftId !== from().value && draft.value !== field.value;
  if (isNew && !isTouched(field)) put(draft.value, draft.dataset.draftId);
  note.hidden = !(isNew && isTouched(field));
  document.querySelector("[data-replaced]").hidden = replaced?.of !== pane().dataset.interaction;
}

// --- What changed elsewhere ----------------------------------------------------------------------------------

function overtaken() {
  const talk = document.querySelector("[data-version]");
  const answer = document.querySelector("[data-answer-place] > [data-stand]");
  if (!talk || !answer) return;
  const sees = document.getElementById("reply_form");
  const moved = talk.dataset.stand !== answer.dataset.stand;
  const newer = sees?.matches("[data-reply]") && talk.dataset.version !== sees.elements.version.value;
  if ((moved || newer) && (!box() || (!isTouched(box()) && document.activeElement !== box()))) {
    const now = `${talk.dataset.version} ${talk.dataset.stand}`;
    if (answer.parentElement.dataset.asked !== now) htmx.trigger(answer.parentElement, "changed");
    answer.parentElement.dataset.asked = now; // once for each: it may know more than the talk on this page
    return;
  }
  if (!sees) return;
  document.querySelector("[data-overtaken]")?.toggleAttribute("hidden", !newer);
  document.querySelector("[data-elsewhere]").hidden = !moved;
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
  document.querySelectorAll("[data-typed]").forEach(recall);
  offer();
  overtaken();
  mark();
  box()?.dispatchEvent(new Event("input", { bubbles: true }));
}

// --- By hand -------------------------------------------------------------------------------------------------

document.addEventListener("input", (event) => {
  if (event.isTrusted && event.target.matches("[data-typed]")) keep(event.target);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-insert]")) {
    const draft = document.querySelector("[data-draft-text]");
    if (draft) take(draft.value, draft.dataset.draftId);
  }
  const earlier = event.target.closest("[data-take]")?.closest("[data-earlier]");
  if (earlier) take(earlier.querySelector("[data-words]").textContent, earlier.dataset.draftId);
  if (event.target.closest("[data-restore]") && replaced && box()) {
    const { text, draft } = replaced;
    replaced = null;
    box().value = text;
    from().value = draft;
    keep(box());
    box().focus();
    look();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.repeat) return;
  if (!document.querySelector("[data-send-next]") || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  if (isSettling) document.addEventListener("htmx:afterSettle", sendAndGoOn, { once: true });
  else sendAndGoOn();
});
function sendAndGoOn() {
  document.querySelector("[data-send-next]")?.click();
}
// Taken by the studio: it keeps it now. Refused, or never arrived: it stays where it stands.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const form = event.detail.requestConfig?.elt;
  if (!form?.dataset.of || event.detail.xhr.status >= 300) return;
  for (const field of form.querySelectorAll("[data-typed]")) localStorage.removeItem(place(field.dataset.typed, form.dataset.of));
});
// A change of the answer that stands: the fingers go on in its text; left as it is, what was typed isn't wanted any more.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-leaves]")) localStorage.removeItem(place("edit"));
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.requestConfig?.elt?.matches("[data-edits]")) box()?.focus();
});
document.addEventListener("htmx:afterSettle", look);
// Another one is open. Its forms work once it has settled: then the keys go on from its heading.
document.addEventListener("htmx:afterSwap", (event) => {
  isSettling ||= event.detail.target?.id === "pane";
});
document.addEventListener("htmx:afterSettle", () => {
  if (!isSettling) return;
  isSettling = false;
  document.querySelector("#pane h1")?.focus({ preventScroll: true });
});
look();
