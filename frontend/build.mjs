// Builds the web assets: one style sheet, one script, one icon sprite, one font.
// Run through build.py, which skips it when nothing changed.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../src/huikuan/shell/static/dist");
const require = createRequire(import.meta.url);

async function bundle() {
  await build({
    entryPoints: { app: join(here, "scripts/app.js"), style: join(here, "styles/main.css") },
    outdir: out,
    bundle: true,
    minify: true,
    sourcemap: false,
    target: ["chrome111", "firefox113", "safari16.4"],
    external: ["*.woff2"],
    plugins: [darkTwice],
    logLevel: "warning",
  });
}

/** CSS cannot share one block between a media query and a selector: the dark tokens are written once and said twice. */
const darkTwice = {
  name: "dark-twice",
  setup(build) {
    build.onLoad({ filter: /tokens\.css$/ }, async ({ path }) => {
      const tokens = await readFile(path, "utf8");
      const [block, body] = tokens.match(/:root\[data-theme="dark"\] (\{[^}]+\})/) ?? [];
      if (!block) throw new Error("tokens.css has no dark tokens");
      const again = `@media (prefers-color-scheme: dark) { :root:not([data-theme]) ${body} }`;
      return { contents: `${tokens}\n${again}\n`, loader: "css" };
    });
  },
};

/** The icons named in icons.txt as <symbol>s of one file; each page uses them by reference. */
async function sprite() {
  const { icons } = require("@iconify-json/tabler/icons.json");
  const names = (await readFile(join(here, "icons.txt"), "utf8")).split("\n").filter(Boolean);
  const missing = names.filter((name) => !icons[name]);
  if (missing.length) throw new Error(`icons.txt names unknown icons: ${missing.join(", ")}`);
  const symbols = names.map((name) => {
    const body = icons[name].body.replaceAll('stroke-width="2"', 'stroke-width="1.6"');
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  });
  await writeFile(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

async function font() {
  const file = "inter-latin-wght-normal.woff2";
  await copyFile(require.resolve(`@fontsource-variable/inter/files/${file}`), join(out, file));
}

await mkdir(out, { recursive: true });
await Promise.all([bundle(), sprite(), font()]);
