// A plan of instalments adds up while it is drawn: what is ticked, what the parts come to, and how far apart they are.
import { minor, written } from "./amounts.js";

const form = document.querySelector("form[data-plan]");

function tell() {
  const ticked = [...form.querySelectorAll("input[data-open]:checked")];
  const digits = Number(ticked[0]?.dataset.digits ?? 2);
  const debt = ticked.reduce((sum, { dataset }) => sum + BigInt(dataset.open), 0n);
  const parts = [...form.querySelectorAll("input[name^=line-][name$=-amount]")];
  const total = parts.reduce((sum, { value }) => sum + (minor(value, digits) ?? 0n), 0n);
  const told = { debt, parts: total, apart: total - debt };
  for (const [name, amount] of Object.entries(told)) form.querySelector(`[data-sum=${name}]`).textContent = written(amount, digits);
  form.querySelector("[data-sum=apart]").classList.toggle("bad", total !== debt);
}

if (form) {
  form.querySelector("[data-plan-sums]").hidden = false;
  for (const kind of ["input", "change"]) form.addEventListener(kind, tell);
  tell();
}
