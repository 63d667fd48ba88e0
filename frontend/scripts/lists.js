// Rows picked of a list: how many, their sums by currency, and what may be done with exactly these.
import { written } from "./amounts.js";

const bar = () => document.querySelector("[data-bulk]");
const boxes = () => [...document.querySelectorAll("input[data-pick]")];
let last = null;

/** Pick or unpick the row an element stands in, or everything from the last one to it; null: unpick all. Says
 * whether anything changed. */
export function pick(element, range = false) {
  const all = boxes();
  if (element === null) {
    const some = all.filter((box) => box.checked);
    for (const box of some) box.checked = false;
    tell();
    return some.length > 0;
  }
  const box = element.closest?.("tr")?.querySelector("input[data-pick]");
  if (!box) return false;
  box.checked = !box.checked;
  spread(all, box, range);
  tell();
  return true;
}

function spread(all, box, range) {
  if (range && last && all.includes(last)) {
    const [low, high] = [all.indexOf(last), all.indexOf(box)].sort((one, other) => one - other);
    for (const between of all.slice(low, high + 1)) between.checked = box.checked;
  }
  last = box;
}

document.addEventListener("click", (event) => {
  if (event.target.matches("input[data-pick]")) {
    spread(boxes(), event.target, event.shiftKey);
    tell();
  }
  if (event.target.matches("input[data-pick-all]")) {
    for (const box of boxes()) box.checked = event.target.checked;
    tell();
  }
  if (event.target.closest("[data-unpick]")) pick(null);
});
document.addEventListener("htmx:afterSettle", () => bar() && tell());

function tell() {
  const place = bar();
  const all = boxes();
  const some = all.filter((box) => box.checked);
  for (const box of all) box.closest("tr").classList.toggle("picked", box.checked);
  const whole = document.querySelector("input[data-pick-all]");
  if (whole) {
    whole.checked = some.length > 0 && some.length === all.length;
    whole.indeterminate = some.length > 0 && some.length < all.length;
  }
  if (!place) return;
  place.hidden = !some.length;
  place.querySelector("[data-count]").textContent = some.length.toLocaleString("en");
  place.querySelector("[data-sums]").textContent = [...sums(some)].map(([currency, sum]) => `${currency} ${sum}`).join(" · ");
  const keys = some.map((box) => box.value).join(",");
  for (const field of place.querySelectorAll("[data-picked]")) field.value = keys;
}

/** Currency → what the picked rows come to. Amounts are whole numbers of minor units, so no cent is lost. */
function sums(some) {
  const found = new Map();
  for (const { dataset } of some) {
    if (!dataset.amount) continue;
    const { minor, digits } = found.get(dataset.currency) ?? { minor: 0n, digits: dataset.digits };
    found.set(dataset.currency, { minor: minor + BigInt(dataset.amount), digits });
  }
  return new Map([...found].map(([currency, { minor, digits }]) => [currency, written(minor, Number(digits))]));
}
