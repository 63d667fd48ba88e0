// Pop-overs close on a click outside and on Escape; Escape gives the focus back.
const open = () => [...document.querySelectorAll("details.pop[open]")];

document.addEventListener("click", (event) => {
  for (const pop of open()) if (!pop.contains(event.target)) pop.open = false;
});

/** Close the innermost layer; says whether there was one. */
export function closeLayer() {
  const last = open().at(-1);
  if (!last) return false;
  last.open = false;
  last.querySelector("summary").focus();
  return true;
}

/** Opened, the bell has been seen up to now; the browser remembers it for the next page. */
document.getElementById("bell")?.addEventListener("toggle", ({ target }) => {
  if (!target.open) return;
  document.cookie = `hk_bell=${target.dataset.bell}; path=/; max-age=31536000; samesite=lax`;
  target.querySelector(".count")?.remove();
});

document.addEventListener("click", ({ target }) => {
  const link = target.closest("a[data-unfold]");
  const fold = link && document.querySelector(link.hash);
  if (!fold) return;
  fold.open = true;
  fold.querySelector("select, input:not([type=hidden])")?.focus();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
