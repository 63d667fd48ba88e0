// Amounts as whole numbers of minor units, so that no cent is lost while they are typed and added up.

/** Minor units of what is typed, thousands apart or not, full-width or not; null where it is no amount. */
export function minor(text, digits) {
  const plain = text.normalize("NFKC").replace(/[,\s¥￥元]/g, "").replace(/[−–—]/g, "-");
  const found = /^(\d*)(?:\.(\d*))?$/.exec(plain);
  if (!found || !(found[1] || found[2]) || (found[2] ?? "").length > digits) return null;
  return BigInt(found[1] || 0) * 10n ** BigInt(digits) + BigInt((found[2] || "").padEnd(digits, "0") || 0);
}

export function written(amount, digits) {
  const sign = amount < 0n ? "−" : "";
  const text = String(amount < 0n ? -amount : amount).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sign}${whole}${digits ? `.${text.slice(-digits)}` : ""}`;
}
