// The keyboard map. Single keys rest while something is typed or a Chinese input method composes.
import { closeLayer } from "./pops.js";

let leader = false;

const single = {
  t: () => openPop("as-of"),
  "?": () => openPop("keys"),
  "[": () => document.body.classList.toggle("rail"),
  "/": () => document.querySelector("[data-find]")?.focus(),
};
const goTo = { j: "today", y: "overview", l: "items", d: "imports", k: "customers" };

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) return commit(event);
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return escape(event);
  if (event.target.closest("input, textarea, select")) return;
  const key = event.key.toLowerCase();
  if (leader) {
    leader = false;
    const link = document.querySelector(`[data-go="${goTo[key]}"]`);
    if (link) link.click();
    return;
  }
  if (key === "g") {
    leader = true;
    setTimeout(() => (leader = false), 1200);
    return;
  }
  if (single[key]) {
    event.preventDefault();
    single[key]();
  } else if (key === "j" || key === "k") moveRow(key === "j" ? 1 : -1);
});

/** Ctrl Enter presses the page's one button that commits, from wherever one types. */
function commit(event) {
  const button = document.querySelector("[data-commit]");
  if (!button) return;
  event.preventDefault();
  button.form.requestSubmit(button);
}

/** Back one layer: a pop-over, then what is typed in, then the page this one was opened from. */
function escape(event) {
  if (closeLayer()) return event.preventDefault();
  if (event.target.closest("input, textarea, select")) return event.target.blur();
  document.querySelector("[data-back]")?.click();
}

function openPop(id) {
  const pop = document.getElementById(id);
  if (!pop) return;
  pop.open = !pop.open;
  if (pop.open) pop.querySelector("input:not([type=hidden]), .pop-body a, .pop-body button")?.focus();
}

function moveRow(step) {
  const links = [...document.querySelectorAll("[data-row]")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  links[Math.min(Math.max(at + step, 0), links.length - 1)].focus();
}
