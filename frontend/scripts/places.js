/** The entry one is on stands in the middle of the side bar where it would be out of view; on a phone, of the bar below. */
const bar = document.querySelector(".nav");
const here = bar?.querySelector('[aria-current="page"]');
if (here) {
  const [whole, part] = [bar.getBoundingClientRect(), here.getBoundingClientRect()];
  if (part.top < whole.top || part.bottom > whole.bottom) bar.scrollTop += part.top - whole.top - (whole.height - part.height) / 2;
  if (part.left < whole.left || part.right > whole.right) bar.scrollLeft += part.left - whole.left - (whole.width - part.width) / 2;
}

/** What flies out of the narrow bar ends above the bottom of the window. */
function inTheWindow(event) {
  const held = event.target.closest(".nav > ul > li")?.querySelector("ul");
  if (!held || getComputedStyle(held).position !== "fixed") return;
  held.style.top = "";
  const over = held.getBoundingClientRect().bottom + 8 - innerHeight;
  if (over > 0) held.style.top = `${held.getBoundingClientRect().top + 35 - over}px`;
}
for (const kind of ["pointerover", "focusin"]) bar?.addEventListener(kind, inTheWindow);
