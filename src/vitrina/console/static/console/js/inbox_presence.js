// Who else has an interaction open. A window tells which one it has open and whether somebody types in it; who is there
// comes with the page (data-people) and then with the stream's news. A window that tells nothing for a while is gone.
const BEAT = 20_000; // presence.py: BEAT
const TYPES_AGAIN = 8_000;
const STOPPED = 5_000; // without a letter
const STAYS = 400; // who goes on sooner was not there; what is asked for in that time comes first
const inbox = document.querySelector("[data-me]");
const name = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
let types = false, typed = 0, told = 0;

const pane = () => document.querySelector("[data-presence]");

function form() {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
  data.set("window", name);
  data.set("types", types ? "1" : "0");
  return data;
}

async function beat() {
  const open = pane();
  told = Date.now();
  try {
    const answer = await fetch(open?.dataset.presence ?? inbox.dataset.absence, { method: "POST", body: form() });
    const { people } = answer.ok ? await answer.json() : {};
    if (people && open.isConnected) put(open, people);
  } catch { /* no connection: live.js says so, and the next beat tells it */ }
}

function put(place, people) {
  place.dataset.people = JSON.stringify(people.filter((one) => String(one.id) !== inbox.dataset.me));
  draw(place);
}

function draw(place) {
  const spot = place.querySelector("[data-colleagues]");
  if (!spot || spot.dataset.drawn === place.dataset.people) return;
  spot.dataset.drawn = place.dataset.people;
  spot.replaceChildren(...JSON.parse(place.dataset.people || "[]").map((one) => {
    const made = document.getElementById("colleague").content.firstElementChild.cloneNode(true);
    made.title = one.name;
    made.querySelector(".face").textContent = [...one.name][0].toUpperCase();
    made.querySelector("[data-name]").textContent = one.name;
    made.querySelector("[data-since]").textContent = new Date(one.since).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    made.querySelector(".since").hidden = one.types;
    made.querySelector(".types").hidden = !one.types;
    return made;
  }));
}

document.addEventListener("vitrina:news", ({ detail: { about, people } }) => {
  if (!people) return;
  for (const place of document.querySelectorAll(`[data-item="${about}"], [data-interaction="${about}"]`)) put(place, people);
});

document.addEventListener("input", (event) => {
  if (!event.isTrusted || !event.target.matches("[data-reply-text]")) return;
  typed = Date.now();
  if (types && typed - told < TYPES_AGAIN) return;
  types = true;
  beat();
});
setInterval(() => {
  if (types && Date.now() - typed > STOPPED) {
    types = false;
    beat();
  } else if (Date.now() - told >= BEAT) {
    beat();
  }
}, 1_000);

let open = pane()?.dataset.presence, staying = 0;
document.addEventListener("htmx:afterSettle", () => {
  document.querySelectorAll("[data-people]").forEach(draw);
  if (pane()?.dataset.presence === open) return;
  open = pane()?.dataset.presence;
  types = false;
  clearTimeout(staying);
  staying = setTimeout(beat, STAYS);
});
document.addEventListener("visibilitychange", () => document.hidden || beat());
window.addEventListener("pagehide", () => navigator.sendBeacon(inbox.dataset.absence, form()));
window.addEventListener("pageshow", (event) => event.persisted && beat());
document.querySelectorAll("[data-people]").forEach(draw);
if (open) beat();
