// Files dropped anywhere on the field are the files chosen; names and sizes are shown before they are sent.
const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

for (const drop of document.querySelectorAll("[data-drop]")) {
  const input = drop.querySelector("input[type=file]");
  const name = drop.querySelector("[data-drop-name]");
  const show = () => {
    const files = [...input.files].map((file) => `${file.name} · ${size(file.size)}`);
    name.textContent = files.join(", ") || name.dataset.empty;
    drop.classList.toggle("filled", files.length > 0);
  };
  input.addEventListener("change", show);
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show();
  });
  drop.closest("form").addEventListener("submit", () => {
    const busy = document.querySelector("[data-busy]");
    if (busy) busy.textContent = busy.dataset.busy;
  });
  show();
}

/** A page may say where typing begins; who has begun elsewhere before the script came is left there. */
if (document.activeElement === document.body) document.querySelector("main [data-focus]")?.focus();
