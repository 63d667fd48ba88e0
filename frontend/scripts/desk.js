// The collection workbench: 1–5 press a result, C dials, M mails, V plans a visit, @ tells a colleague, J K go along.
const queue = document.querySelector("[data-desk-queue]");
const call = document.querySelector("form[data-desk]");
/** Of these nothing more needs to be said: the key writes them down. */
const AT_ONCE = ["4", "5"];
const FIRST_FIELD = { 1: "by", 2: "amount", 3: "again_on" };

function follow(selector) {
  const link = document.querySelector(selector);
  link?.click();
  return Boolean(link);
}

function unfold(id) {
  const pop = document.getElementById(id);
  if (!pop) return false;
  pop.open = true;
  pop.querySelector("select, input:not([type=hidden])")?.focus();
  return true;
}

function result(key) {
  const tile = call?.querySelector(`input[data-key="${key}"]`);
  if (!tile) return false;
  tile.checked = true;
  tile.focus();
  if (AT_ONCE.includes(key)) write();
  else call.elements[FIRST_FIELD[key]].focus();
  return true;
}

function write() {
  const button = call?.querySelector("button[data-write]:not([disabled])");
  if (button) call.requestSubmit(button);
  return Boolean(button);
}

const deeds = {
  j: () => follow("[data-next]"),
  k: () => follow("[data-before]"),
  c: () => follow("[data-dial]"),
  m: () => unfold("mail"),
  v: () => follow("[data-visit]"),
  "@": () => unfold("mention"),
};

/** A key of the workbench, where this page is one; says whether it did anything. */
export function deskKey(event) {
  if (!queue) return false;
  if (/^[1-5]$/.test(event.key)) return result(event.key);
  if (event.key === "Enter" && event.target.matches("input[name=result]")) return write();
  return deeds[event.key.toLowerCase()]?.() ?? false;
}

if (call) {
  const dial = call.querySelector("[data-dial]");
  call.elements.person?.addEventListener("change", ({ target }) => {
    const number = target.selectedOptions[0].dataset.tel;
    if (dial && number) dial.href = `tel:${number.replaceAll(" ", "")}`;
  });
  // A click on a result of which nothing more needs to be said writes it down, as its key does.
  call.addEventListener("click", (event) => {
    const tile = event.target.closest("input[name=result]");
    if (tile && event.detail && AT_ONCE.includes(tile.dataset.key)) write();
  });
  call.addEventListener("submit", () => setTimeout(() => call.querySelector("button[data-write]").setAttribute("disabled", "")));
}
queue?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
