// Builds the command (dist/verify.js), the checks as a module (dist/verifier.mjs), and the page (dist/verifier.html, one
// file with everything in it); with --tests also the tests (dist/test) and the counts alone (dist/counting.mjs).
import { build } from "esbuild";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL(".", import.meta.url)));
const common = { bundle: true, target: "es2022", logLevel: "warning", charset: "utf8" };
const node = { ...common, platform: "node", format: "esm" };

await rm("dist", { recursive: true, force: true });
await build({ ...node, entryPoints: ["src/cli.ts"], outfile: "dist/verify.js", banner: { js: "#!/usr/bin/env node" } });
await build({ ...node, entryPoints: ["src/verify.ts"], outfile: "dist/verifier.mjs" });

const script = await build({
  ...common,
  platform: "browser",
  format: "iife",
  minify: true,
  write: false,
  entryPoints: ["page/page.ts"],
});
const style = await readFile("page/page.css", "utf8");
const page = await readFile("page/page.html", "utf8");
// Functions, because "$" means something in a replacement. Nothing in a script may look like its own end.
const inlined = page
  .replace("/* style */", () => style)
  .replace("/* script */", () => script.outputFiles[0].text.replaceAll("</script", "<\\/script"));
await mkdir("dist", { recursive: true });
await writeFile("dist/verifier.html", inlined);

if (process.argv.includes("--tests")) {
  await build({ ...node, entryPoints: ["src/counting/count.ts"], outfile: "dist/counting.mjs" });
  const tests = (await readdir("test")).filter((file) => file.endsWith(".test.ts")).map((file) => `test/${file}`);
  await build({ ...node, entryPoints: tests, outdir: "dist/test", outExtension: { ".js": ".mjs" } });
}
