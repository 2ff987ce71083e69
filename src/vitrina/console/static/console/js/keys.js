// Keys of every page. A control takes part by markup: data-key="a" is pressed by «a», data-go="p" by «g p».
const rows = () => [...document.querySelectorAll("[data-row]")];
let leader = 0;

function isTyping(target) {
  return target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.hasAttribute("data-at"));
  const next = Math.min(all.length - 1, Math.max(0, at + step));
  if (at >= 0) all[at].removeAttribute("data-at");
  all[at < 0 ? 0 : next].setAttribute("data-at", "");
  all[at < 0 ? 0 : next].querySelector("a")?.focus({ preventScroll: true });
  all[at < 0 ? 0 : next].scrollIntoView({ block: "nearest" });
}

const doors = {
  "?": () => { listKeys(); document.getElementById("keys")?.showModal(); },
  "/": () => document.querySelector("[data-search]")?.focus(),
  j: () => move(1),
  k: () => move(-1),
  x: () => document.querySelector("[data-row][data-at] input[type=checkbox]")?.click(),
  n: () => document.querySelector("[data-page=older]")?.click(),
  b: () => document.querySelector("[data-page=newer]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && isTyping(event.target)) return event.target.blur();
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const key = letter(event);
  if (leader && Date.now() - leader < 1500) {
    leader = 0;
    const door = document.querySelector(`.rail [data-go="${CSS.escape(key)}"]`);
    if (door) return go(event, () => { location.href = door.href; });
  }
  if (key === "g") { leader = Date.now(); return; }
  const own = document.querySelector(`[data-key="${CSS.escape(key)}"]:not([aria-disabled=true], [data-waits] *)`);
  if (own) return go(event, () => (own.matches("input:not([type=radio]), textarea") ? own.focus() : press(own)));
  if (doors[key]) go(event, doors[key]);
});

// What opens takes the focus, so that Tab leads into it.
function press(control) {
  if (control.matches("summary")) control.focus();
  control.click();
}

function go(event, deed) {
  event.preventDefault();
  deed();
}

// The same key works under a Russian layout: «о» stands where «j» stands.
function letter(event) {
  if (event.key === "?" || event.key === "/") return event.key;
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  if (event.code === "BracketLeft" || event.code === "BracketRight") return event.code === "BracketLeft" ? "[" : "]";
  return event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
}

// The help lists what this page adds, as it is at the moment of asking: regions come and go.
function listKeys() {
  const help = document.querySelector("[data-page-keys]");
  if (!help) return;
  const list = help.querySelector("dl");
  const named = new Map();
  for (const control of document.querySelectorAll("[data-key][data-key-name]")) {
    if (!named.has(control.dataset.key) && control.checkVisibility()) named.set(control.dataset.key, control.dataset.keyName);
  }
  list.replaceChildren();
  for (const [key, name] of named) {
    const kbd = document.createElement("kbd");
    kbd.textContent = key;
    list.appendChild(document.createElement("dt")).append(kbd);
    list.appendChild(document.createElement("dd")).textContent = name;
  }
  help.hidden = !named.size;
}
document.addEventListener("click", (event) => {
  if (event.target.closest('[data-opens="keys"]')) listKeys();
});
