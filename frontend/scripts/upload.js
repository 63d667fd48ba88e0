// A file dropped anywhere on the field is the file chosen; its name and size are shown before it is sent.
const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

for (const drop of document.querySelectorAll("[data-drop]")) {
  const input = drop.querySelector("input[type=file]");
  const name = drop.querySelector("[data-drop-name]");
  const show = () => {
    const file = input.files[0];
    name.textContent = file ? `${file.name} · ${size(file.size)}` : name.dataset.empty;
    drop.classList.toggle("filled", Boolean(file));
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

/** A page may say where typing begins. */
document.querySelector("main [data-focus]")?.focus();
