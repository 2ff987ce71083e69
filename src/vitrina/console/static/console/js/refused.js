// What a person asked for by a click or a key and did not get says so at the top of the page; without this the page
// would stand there as if nothing had been pressed. What a page fetches by itself has its own bar (live.js).
const bar = document.querySelector("[data-refused]");
const byPerson = (event) => Boolean(event.detail.requestConfig?.triggeringEvent?.isTrusted);

function why(status) {
  if (!status) return "away";
  if (status === 403 || status === 404 || status === 410) return "gone";
  return status === 429 ? "often" : "broken";
}

function say(event) {
  const status = event.detail.xhr?.status ?? 0;
  if (!bar || !byPerson(event) || status === 401) return; // 401 leads to the door by itself
  bar.hidden = false;
  bar.querySelector("[data-refused-words]").textContent = bar.dataset[why(status)];
}

for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(name, say);
document.addEventListener("htmx:afterRequest", (event) => {
  if (bar && event.detail.successful && byPerson(event)) bar.hidden = true;
});
