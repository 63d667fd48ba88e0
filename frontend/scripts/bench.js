// The cash workbench: 到账 − 本次核销 = 剩余 while it is typed, exact in minor units, and its keys. Without a script the
// page is plain forms: the server adds up and says the same.
import { minor as read, written as write } from "./amounts.js";

const form = document.querySelector("form[data-bench]");
const queue = document.querySelector("[data-queue]");

const digits = Number(form?.dataset.digits ?? 2);
const minor = (text) => read(text, digits);
const written = (amount) => write(amount, digits);
const claims = () => [...form.querySelectorAll("tr[data-claim]")];
const box = (row) => row.querySelector("input[type=checkbox]");
const field = (row) => row.querySelector("input[data-amount]");
const sign = (row) => (row.dataset.side === "credit" ? -1n : 1n);

const open = (row) => BigInt(row.dataset.open);
const picked = () => claims().filter((row) => box(row).checked);
/** What a picked row takes of the money: a credit that is netted gives some. */
const taken = (row) => sign(row) * (minor(field(row).value) ?? 0n);
const sum = (rows, of) => rows.reduce((total, row) => total + of(row), 0n);

function pick(row) {
  const ticked = box(row).checked;
  if (ticked && !field(row).value) {
    const left = BigInt(form.dataset.left) - sum(picked(), taken);
    const wanted = sign(row) < 0n || left >= open(row) ? open(row) : left > 0n ? left : open(row);
    field(row).value = written(wanted);
  }
  if (!ticked) field(row).value = "";
  tell();
}

function tell() {
  const rows = picked();
  const applied = sum(rows, taken);
  const rest = BigInt(form.dataset.left) - applied;
  const short = rest > 0n ? 0n : sum(rows.filter((row) => sign(row) > 0n), (row) => open(row) - (minor(field(row).value) ?? 0n));
  const overdue = sum(rows.filter((row) => row.dataset.overdue && sign(row) > 0n), (row) => minor(field(row).value) ?? 0n);
  say("applied", applied);
  say("rest", rest);
  say("short", short);
  say("open", sum(rows, (row) => sign(row) * open(row)));
  say("overdue-after", BigInt(form.dataset.overdue) - overdue);
  for (const told of document.querySelectorAll("[data-told=count]")) told.textContent = rows.length;
  for (const row of claims()) row.classList.toggle("picked", box(row).checked);
  show("short", short > 0n);
  show("rest", rest > 0n);
  show("over", rest < 0n);
  document.querySelector("[data-rest]")?.classList.toggle("good", rest === 0n);
  document.querySelector("[data-rest]")?.classList.toggle("bad", rest < 0n);
}

function say(name, amount) {
  for (const told of document.querySelectorAll(`[data-told="${name}"]`)) told.textContent = written(amount);
}

function show(name, shown) {
  for (const part of form.querySelectorAll(`[data-when="${name}"]`)) part.hidden = !shown;
}

function follow(selector) {
  const link = document.querySelector(selector);
  link?.click();
  return Boolean(link);
}

/** The row of claims `step` below the one with the focus; its box is where the focus goes. */
function move(step) {
  const rows = claims();
  const at = rows.indexOf(document.activeElement?.closest?.("tr[data-claim]"));
  const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  if (!next) return false;
  box(next).focus();
  return true;
}

const apply = () => form?.querySelector("button[data-apply]:not([disabled])");

/** Presses another button of the form, as Enter presses the one that applies: once. */
function press(selector) {
  const button = apply() && form.querySelector(selector);
  if (button) form.requestSubmit(button);
  return Boolean(button);
}

/** Opens the reason a line is set aside for; the keyboard is in it. */
function setAside() {
  const fold = document.getElementById("aside");
  if (!fold) return false;
  fold.open = true;
  fold.querySelector("input:not([type=hidden])").focus();
  return true;
}

const deeds = {
  j: () => follow("[data-next]"),
  k: () => follow("[data-before]"),
  s: () => follow("[data-next]"),
  a: () => follow("[data-suggestion]"),
  d: () => focusOn("[data-when]:not([hidden]) input[type=radio]:checked, [data-when]:not([hidden]) input[type=radio]"),
  n: setAside,
  r: () => press("button[data-reject]"),
  o: () => press("button[data-onto]"),
  arrowdown: () => move(1),
  arrowup: () => move(-1),
};

function focusOn(selector) {
  const first = form?.querySelector(selector);
  first?.focus();
  return Boolean(first);
}

/** A key of the workbench, where this page is one; says whether it did anything. */
export function benchKey(event) {
  if (!queue) return false;
  const key = event.key.toLowerCase();
  if (event.target.closest("#customers-found")) return amongFound(event.target, key);
  if (key === "enter") return commits(event);
  if (key === "arrowdown" || key === "arrowup") {
    if (event.target.matches("input[type=radio]")) return false;
  }
  return deeds[key]?.() ?? false;
}

/** Enter applies, wherever the focus is but on something that Enter itself opens or presses. */
function commits(event) {
  if (event.target.closest("a, button, summary") || !apply()) return false;
  // Nothing ticked would put all of it on account: one key too many must not, and O says so on purpose.
  if (picked().length) form.requestSubmit(apply());
  else focusOn("tr[data-claim] input[type=checkbox]");
  return true;
}

const seek = document.querySelector("#choose [data-find]");
const foundCustomers = () => [...document.querySelectorAll("#customers-found a")];

/** ↓ and ↑ among the customers found, ↑ from the first back to what is typed; other keys are the link's own. */
function amongFound(link, key) {
  const step = { arrowdown: 1, arrowup: -1 }[key];
  if (!step) return false;
  const links = foundCustomers();
  const at = links.indexOf(link) + step;
  (at < 0 ? seek : links[Math.min(at, links.length - 1)]).focus();
  return true;
}

/** From the field: ↓ goes to the first customer found, Enter takes the only one. Enter before they are here asks for
 * the page with them, where the focus is on the first. */
function toFound(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const [first, ...others] = foundCustomers();
  if (!first || !["ArrowDown", "Enter"].includes(event.key)) return;
  const current = document.getElementById("customers-found").dataset.of === seek.value.trim();
  if (event.key === "Enter" && !current) return;
  event.preventDefault();
  if (event.key === "Enter" && !others.some((link) => link.matches("[data-row]"))) first.click();
  else first.focus();
}

/** Ctrl Z outside of a field takes the last application of this session back. */
export function benchUndo(event) {
  const button = queue && document.querySelector("button[data-undo]");
  if (!button || event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select")) return false;
  button.form.requestSubmit(button);
  return true;
}

if (form) {
  form.addEventListener("change", (event) => event.target.matches("[data-claim] input[type=checkbox]") && pick(event.target.closest("tr")));
  form.addEventListener("input", (event) => {
    if (!event.target.matches("input[data-amount]")) return;
    box(event.target.closest("tr")).checked = event.target.value.trim() !== "";
    tell();
  });
  // What is sent twice is done once: the second press of Enter finds the button at rest.
  form.addEventListener("submit", () => setTimeout(() => apply()?.setAttribute("disabled", "")));
  // Ticked before the script came, over a slow line.
  for (const row of claims()) if (box(row).checked && !field(row).value) pick(row);
  tell();
}
seek?.addEventListener("keydown", toFound);
queue?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
