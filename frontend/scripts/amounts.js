// Amounts as whole numbers of minor units, so that no cent is lost while they are typed and added up.

/** Minor units of what is typed, as the server reads it: thousands apart or not, full-width or not, with the signs of
 * yuan; null where it is no amount. */
export function minor(text, digits) {
  const plain = text.normalize("NFKC").trim().replace(/^\+?\s*(?:CNY|RMB|人民币|[¥￥])?\s*/i, "").replace(/\s*(?:CNY|元|圆)$/i, "");
  const found = /^(\d+|\d{1,3}(?:,\d{3})+)?(?:\.(\d*?)0*)?$/.exec(plain);
  if (!found || !/\d/.test(plain) || (found[2] ?? "").length > digits) return null;
  return BigInt((found[1] || "0").replaceAll(",", "")) * 10n ** BigInt(digits) + BigInt((found[2] || "").padEnd(digits, "0") || 0);
}

export function written(amount, digits) {
  const sign = amount < 0n ? "−" : "";
  const text = String(amount < 0n ? -amount : amount).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sign}${whole}${digits ? `.${text.slice(-digits)}` : ""}`;
}
