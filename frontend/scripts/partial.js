// Partial updates: a link with hx-get replaces one panel; without a script it is an ordinary link.
import htmx from "htmx.org/dist/htmx.esm.js";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.defaultSwapStyle = "outerHTML";
htmx.config.scrollBehavior = "auto";

/** What was replaced keeps the focus: on the control of the same id, else on the region itself. */
document.addEventListener("htmx:afterSettle", (event) => {
  const region = event.detail.elt;
  const spoken = document.getElementById("spoken");
  if (spoken && region.dataset.spoken) spoken.textContent = region.dataset.spoken;
  focusNext(region);
});

/** What is to be typed into next says so itself. */
function focusNext(region) {
  const next = region.querySelector?.("[data-focus]");
  if (!next) return;
  next.focus();
  next.select?.();
}

/** What was typed before the script came, or stands there again on the way back, is asked about as if typed now. */
document.addEventListener("DOMContentLoaded", () => {
  for (const asking of document.querySelectorAll("[hx-trigger^=input], [hx-trigger^=change]")) {
    const [kind] = asking.getAttribute("hx-trigger").split(" ");
    const controls = asking.elements ?? (asking.matches("input") ? [asking] : asking.querySelectorAll("input, select, textarea"));
    [...controls].find(touched)?.dispatchEvent(new Event(kind, { bubbles: true }));
  }
});

/** Whether a control says something else than the page that came. */
function touched(control) {
  if (control.matches("[type=checkbox], [type=radio]")) return control.checked !== control.defaultChecked;
  if (!control.matches("select")) return control.defaultValue !== undefined && control.value !== control.defaultValue;
  return control.selectedIndex !== Math.max([...control.options].findIndex((option) => option.defaultSelected), 0);
}

/** Logged out meanwhile: the page that says so is a whole one, and leads back to this page, not to a piece of it. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, pathInfo } = event.detail;
  const asked = new URL(pathInfo.finalRequestPath, location.href);
  const landed = new URL(xhr.responseURL || asked);
  if (landed.pathname === asked.pathname) return;
  event.preventDefault();
  saysUnsent(event);
  if (landed.searchParams.has("next")) landed.searchParams.set("next", location.pathname + location.search);
  location.assign(landed);
});

/** A failed update never leaves old figures under a new choice: the page is loaded whole instead. A form that can say
 * that it was not sent says so, and keeps what is in it. */
document.addEventListener("htmx:responseError", (event) => {
  const path = event.detail.pathInfo?.finalRequestPath;
  if (!saysUnsent(event) && path) location.assign(path);
});
document.addEventListener("htmx:sendError", saysUnsent);

function saysUnsent({ detail }) {
  const unsent = document.getElementById(detail.elt.dataset.unsentAt);
  if (unsent) unsent.hidden = false;
  return Boolean(unsent);
}
