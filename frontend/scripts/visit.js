// A visit on the telephone: photographs go off as soon as they are taken, and what is typed beside them stays; the
// position is kept only where it is let.
const input = () => document.querySelector("input[data-photos]");
/** Taken, and not known to be there: on the way, or still to be sent. */
let taken = [];
/** The button that keeps the visit, pressed while photographs were on the way: it waits for them. */
let keeping = null;

/** The first of them goes, alone: over a weak line each is there as soon as it can be. */
function send() {
  const field = input();
  // No field any more: the visit has all the pictures it takes.
  if (!field) return rest();
  if (field.form.matches(".htmx-request")) return;
  const first = new DataTransfer();
  first.items.add(taken[0]);
  field.files = first.files;
  field.form.requestSubmit();
}

function take(field) {
  taken = [...taken, ...field.files];
  if (taken.length) send();
}

document.addEventListener("change", ({ target }) => target.matches("input[data-photos]") && take(target));
/** Pictures are taken from when they can be sent: kept before that, the visit would be over without them. */
function ready() {
  if (input()) input().disabled = false;
}
document.addEventListener("DOMContentLoaded", ready);

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".visit-end") || !taken.length) return;
  event.preventDefault();
  keeping = event.submitter;
  send();
});

document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-leave-out]")) return;
  taken = [];
  document.querySelector("#photos [data-unsent]").hidden = true;
  if (input()) input().value = "";
});

document.addEventListener("click", ({ target }) => target.closest("[data-again]") && send());

/** Nothing goes on by itself: how many are still here is said, and what goes on. */
function rest() {
  keeping = null;
  const unsent = document.querySelector("#photos [data-unsent]");
  unsent.hidden = false;
  unsent.querySelector("[data-unsent-count]").textContent = taken.length;
  unsent.querySelector("button:not([hidden])").focus();
}

for (const failed of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(failed, ({ detail }) => detail.elt.matches("form.take") && rest());
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.elt.id !== "photos") return;
  ready();
  taken.shift();
  const refused = document.getElementById("photos-problems");
  if (taken.length) return refused ? rest() : send();
  if (keeping && !refused) keeping.form.requestSubmit(keeping);
  keeping = null;
  // The field had the keyboard and was replaced; who types elsewhere meanwhile is left there.
  if (document.activeElement === document.body) (refused ?? input())?.focus({ preventScroll: !refused });
});

window.addEventListener("beforeunload", (event) => taken.length && event.preventDefault());

const arriving = document.querySelector("form[data-arrive]");
/** Asks the telephone once, at the check-in; refused or slow, the words that were typed are what counts. */
arriving?.addEventListener("submit", (event) => {
  const { latitude, longitude, place } = arriving.elements;
  if (arriving.dataset.asked || !navigator.geolocation || !window.isSecureContext) return;
  event.preventDefault();
  arriving.dataset.asked = "1";
  const go = () => arriving.requestSubmit();
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      latitude.value = coords.latitude.toFixed(6);
      longitude.value = coords.longitude.toFixed(6);
      go();
    },
    () => (place.value.trim() ? go() : place.focus()),
    { timeout: 4000, maximumAge: 60000 },
  );
});
