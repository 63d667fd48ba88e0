// The keyboard map (shell/web/keyboard.py says what it is). Keys rest while something is typed, while a Chinese
// input method composes, and, but for those with Ctrl and Esc, for whoever switched them off.
import { benchKey, benchUndo } from "./bench.js";
import { deskKey } from "./desk.js";
import { closeLayer } from "./pops.js";
import { pick } from "./lists.js";
import { openSearch } from "./search.js";

const off = document.documentElement.dataset.keys === "off";
let leader = false;

const single = {
  t: () => openPop("as-of"),
  "?": () => openPop("keys"),
  "[": toggleRail,
  "/": () => document.querySelector("main [data-find]")?.focus(),
  j: () => moveRow(1),
  k: () => moveRow(-1),
  x: (event) => pick(document.activeElement, event.shiftKey),
  f: () => openPop("conditions"),
  v: () => openPop("views"),
  e: () => openPop("export"),
};

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.ctrlKey || event.metaKey) return withControl(event);
  if (event.altKey) return;
  if (event.key === "Escape") return escape(event);
  if (off || event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog")) return;
  const key = event.key.toLowerCase();
  if (leader) return goTo(key);
  if (benchKey(event) || deskKey(event)) return event.preventDefault();
  if (key === "g") return follow();
  if (!single[key]) return;
  event.preventDefault();
  single[key](event);
});

function withControl(event) {
  if (event.key.toLowerCase() === "k" && openSearch()) event.preventDefault();
  if (event.key === "Enter") commit(event);
  if (event.key.toLowerCase() === "z" && benchUndo(event)) event.preventDefault();
}

/** G, then a letter within a moment. */
function follow() {
  leader = true;
  setTimeout(() => (leader = false), 1200);
}

function goTo(key) {
  leader = false;
  document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();
}

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
  if (pick(null)) return;
  document.querySelector("[data-back]")?.click();
}

function openPop(id) {
  const pop = document.getElementById(id);
  if (!pop) return;
  pop.open = !pop.open;
  if (pop.open) pop.querySelector("input:not([type=hidden]), .pop-body a, .pop-body button")?.focus();
}

/** The narrow side bar is remembered by the browser, so that the next page comes narrow from the server. */
function toggleRail() {
  const narrow = document.documentElement.classList.toggle("rail");
  document.cookie = `hk_rail=${narrow ? "1" : ""}; path=/; max-age=${narrow ? 31536000 : 0}; samesite=lax`;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-rail]")) toggleRail();
  if (event.target.closest("[data-keys-open]")) {
    closeLayer();
    // After the click that closes every open pop-over has passed.
    setTimeout(() => openPop("keys"));
  }
});

function moveRow(step) {
  const links = [...document.querySelectorAll("[data-row]")];
  if (!links.length) return;
  const row = document.activeElement.closest?.("tr, li");
  const at = links.findIndex((link) => link === document.activeElement || (row && row.contains(link)));
  links[Math.min(Math.max(at + step, 0), links.length - 1)].focus();
}
