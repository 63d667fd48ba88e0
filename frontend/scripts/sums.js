// A form of statements sums while it is typed: beside each total stands what its lines come to, and how far the typed
// total is from it. Exact: decimals as big integers of a millionth of the unit. Enter goes to the next amount.
const SCALE = 6;
const number = /^([+-]?)(\d*)(?:\.(\d{0,6})\d*)?$/;

const parse = (text) => {
  const plain = text.normalize("NFKC").replace(/[,\s]/g, "").replace(/[−–—]/g, "-").replace(/^\((.*)\)$/, "-$1");
  const found = number.exec(plain);
  if (!found || !(found[2] || found[3])) return null;
  const minor = BigInt(found[2] || 0) * 10n ** BigInt(SCALE) + BigInt((found[3] || "").padEnd(SCALE, "0"));
  return found[1] === "-" ? -minor : minor;
};

const written = (minor) => {
  const digits = (minor < 0n ? -minor : minor).toString().padStart(SCALE + 1, "0");
  const whole = digits.slice(0, -SCALE).replace(/\B(?=(\d{3})+$)/g, ",");
  const rest = digits.slice(-SCALE).replace(/0+$/, "").padEnd(2, "0");
  return `${minor < 0n ? "−" : ""}${whole}.${rest}`;
};

for (const form of document.querySelectorAll("form[data-sums]")) {
  const inputs = [...form.querySelectorAll("input[data-sum]")];
  const named = new Map(inputs.map((input) => [`${input.dataset.sum}-${input.dataset.line}`, input]));
  const parts = new Map();
  for (const input of inputs) {
    const total = `${input.dataset.sum}-${input.dataset.into}`;
    if (input.dataset.into) parts.set(total, [...(parts.get(total) || []), input]);
  }

  // What a total's lines come to: a line that is itself a total and is not typed counts as its own sum.
  const summed = (key) => {
    let sum = null;
    for (const input of parts.get(key) || []) {
      const value = parse(input.value) ?? summed(`${input.dataset.sum}-${input.dataset.line}`);
      if (value !== null) sum = (sum ?? 0n) + BigInt(input.dataset.sign) * value;
    }
    return sum;
  };

  const show = () => {
    for (const key of parts.keys()) {
      const input = named.get(key);
      const told = input && document.getElementById(`s-${input.name}`);
      if (!told) continue;
      const sum = summed(key);
      const typed = parse(input.value);
      const apart = sum !== null && typed !== null && typed !== sum;
      told.value = sum === null ? "" : `Σ ${written(sum)}${apart ? ` · Δ ${written(typed - sum)}` : ""}`;
      told.classList.toggle("apart", apart);
    }
  };

  form.addEventListener("input", (event) => event.target.matches("[data-sum]") && show());
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("[data-sum]")) return;
    event.preventDefault();
    inputs[inputs.indexOf(event.target) + 1]?.focus();
  });
  show();
}
