// Ctrl K: one box over any page. It asks while one types, but not while a Chinese input method composes.
const box = document.getElementById("search");
const field = document.getElementById("search-text");
const WAIT = 120;

let timer = 0;
let asking = null;
/** The answer to what is typed now, once it is there. */
let pending = Promise.resolve();
let only = "";
let opener = null;

const found = () => document.getElementById("found");
const options = () => [...found().querySelectorAll("[role=option]")];
const chosen = () => found().querySelector("[aria-selected=true]");

/** Open the box; says whether there is one on this page. */
export function openSearch() {
  if (!box) return false;
  if (!box.open) {
    opener = document.activeElement;
    box.showModal();
    field.select();
    pending = ask();
  }
  return true;
}

async function ask() {
  asking?.abort();
  const mine = (asking = new AbortController());
  const address = new URL(box.dataset.searchUrl, location.href);
  address.searchParams.set("q", field.value);
  if (only) address.searchParams.set("only", only);
  found().setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { signal: mine.signal, headers: { "HX-Request": "true", "HX-Target": "found" } });
    // Logged out meanwhile, or refused: the whole page says what is the matter.
    if (!answer.ok || answer.redirected) return location.assign(address);
    show(await answer.text());
  } catch (fault) {
    if (fault.name !== "AbortError") found().textContent = "";
  }
}

function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("found");
  found().replaceWith(fresh);
  const all = options();
  field.setAttribute("aria-expanded", String(all.length > 0));
  choose(all[0]);
  const spoken = document.getElementById("spoken");
  if (spoken && field.value) spoken.textContent = all.length ? `${all.length}: ${all[0].innerText}` : fresh.innerText;
}

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
}

function move(step) {
  const all = options();
  if (all.length) choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
}

const keys = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  Home: (event) => event.ctrlKey && choose(options()[0]),
  End: (event) => event.ctrlKey && choose(options().at(-1)),
  Tab: narrow,
  Enter: go,
};

/** Tab asks for the chosen answer's kind alone; once more, for every kind again. */
function narrow() {
  only = only ? "" : (chosen()?.closest("[data-group]").dataset.group ?? "");
  pending = ask();
}

/** Enter means what stands in the box, also when its answer is still on the way. */
async function go(event) {
  if (timer) askNow();
  await pending;
  const option = chosen();
  if (!option) return field.form.requestSubmit();
  if (event.ctrlKey || event.metaKey) window.open(option.href, "_blank", "noopener");
  else location.assign(option.href);
}

function askNow() {
  clearTimeout(timer);
  timer = 0;
  pending = ask();
}

if (box) {
  field.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(askNow, WAIT);
  });
  field.addEventListener("compositionend", askNow);
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing || !keys[event.key] || (event.key === "Tab" && event.shiftKey)) return;
    if (keys[event.key](event) !== false) event.preventDefault();
  });
  box.addEventListener("click", (event) => {
    if (event.target === box || event.target.closest("[data-search-close]")) box.close();
  });
  box.addEventListener("close", () => {
    only = "";
    opener?.focus();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-search-open]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    openSearch();
  });
}
