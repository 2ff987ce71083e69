// Canned answers: «/» where a word could begin, or the key of their button, opens them over the answer; letters narrow them,
// Enter puts the chosen one where the cursor stood. The places in them are filled by the studio.
const dialog = () => document.querySelector("[data-palette]");
const field = () => document.querySelector("[data-reply-text]");
const items = () => [...dialog().querySelectorAll("[data-canned]")];
const shown = () => items().filter((item) => !item.hidden);
let from = 0, to = 0; // what is replaced in the answer

async function open(start, end) {
  const box = dialog();
  if (!box || box.open || !field()) return;
  [from, to] = [start, end];
  box.querySelector("input").value = "";
  box.showModal();
  if (!box.dataset.filled) {
    box.dataset.filled = "yes";
    try {
      const answer = await fetch(box.dataset.from, { credentials: "same-origin", headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      box.querySelector("ul").innerHTML = await answer.text();
    } catch {
      delete box.dataset.filled; // the next time it is asked for again
    }
  }
  narrow();
}

// The smaller the better; undefined: it isn't meant.
function rank(item, words) {
  if (!words) return item.hasAttribute("data-foreign") ? 5 : 4;
  const key = item.dataset.cannedKey;
  if (key === words) return 0;
  if (key.startsWith(words)) return 1;
  if (item.dataset.cannedWords.toLowerCase().includes(words)) return 2;
  return words.split(/\s+/).every((word) => item.textContent.toLowerCase().includes(word)) ? 3 : undefined;
}

function narrow() {
  const words = dialog().querySelector("input").value.trim().toLowerCase().replace(/^\//, "");
  const ranked = items().map((item, at) => ({ item, rank: rank(item, words), at }));
  for (const one of ranked) one.item.hidden = one.rank === undefined;
  ranked.filter((one) => one.rank !== undefined).sort((one, other) => one.rank - other.rank || one.at - other.at)
    .forEach((one) => one.item.parentNode.append(one.item));
  choose(shown()[0]);
  dialog().querySelector("[data-none]").hidden = !items().length || shown().length > 0;
}

function choose(item) {
  for (const one of items()) one.setAttribute("aria-selected", String(one === item));
  dialog().querySelector("input").setAttribute("aria-activedescendant", item?.id ?? "");
  item?.scrollIntoView({ block: "nearest" });
}

const chosen = () => shown().find((item) => item.getAttribute("aria-selected") === "true");

function move(step) {
  const all = shown();
  if (all.length) choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
}

function insert(item) {
  const text = item.querySelector("[data-canned-text]").textContent;
  dialog().close();
  const place = field();
  place.focus();
  place.setSelectionRange(from, to);
  // The only way that the browser's own «undo» knows of.
  if (!document.execCommand("insertText", false, text)) {
    place.setRangeText(text, from, to, "end");
    place.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const note = document.createElement("input");
  Object.assign(note, { type: "hidden", name: "canned", value: item.dataset.canned });
  place.form.append(note);
}

document.addEventListener("input", (event) => {
  if (event.target.closest("[data-palette]")) return narrow();
  if (!event.target.matches("[data-reply-text]") || event.data !== "/" || event.isComposing) return;
  const at = event.target.selectionStart;
  if (at < 2 || /\s/.test(event.target.value[at - 2])) open(at - 1, at);
});
document.addEventListener("keydown", (event) => {
  const box = dialog();
  if (!box?.open || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && !event.target.closest("a")) {
    event.preventDefault();
    if (chosen()) insert(chosen());
  }
});
document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-palette] [data-canned]");
  if (item) return insert(item);
  if (event.target.closest("[data-palette-opens]")) open(field().selectionStart, field().selectionEnd);
});
// Put away without a choice: one goes on writing where one was.
document.addEventListener("close", (event) => {
  if (!event.target.matches?.("[data-palette]") || document.activeElement === field()) return;
  field()?.focus();
  field()?.setSelectionRange(to, to);
}, true);
