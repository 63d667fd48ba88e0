// What is copied is exact: an amount shown in 万元 is copied as its full decimal number.
document.addEventListener("copy", (event) => {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed || event.target.closest?.("input, textarea")) return;
  const part = selection.getRangeAt(0).cloneContents();
  const amounts = part.querySelectorAll("data.amount");
  if (!amounts.length) return;
  for (const amount of amounts) amount.textContent = amount.value;
  const rows = part.querySelectorAll("tr");
  const text = rows.length
    ? [...rows].map((row) => [...row.cells].map((cell) => cell.textContent.trim().replace(/\s+/g, " ")).join("\t")).join("\n")
    : part.textContent.trim();
  event.clipboardData.setData("text/plain", text);
  event.preventDefault();
});
