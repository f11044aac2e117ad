import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const folder = mkdtempSync(join(tmpdir(), "verifier-"));
after(() => rmSync(folder, { recursive: true }));

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ["dist/verify.js", ...args], { encoding: "utf8" });
}

test("says what to give instead of a folder that is not there, or a file", () => {
  const none = run(join(folder, "none"));
  assert.equal(none.status, 2);
  assert.equal(none.stderr, `${join(folder, "none")} is not there. Give the folder of the bundle.\n`);
  const file = join(folder, "file");
  writeFileSync(file, "");
  assert.equal(run(file, "--json").status, 2);
  assert.match(run(file).stderr, /is a file\. Give the folder of the bundle/);
});

test("tells a folder without a bundle from a bundle that does not hold", () => {
  const other = join(folder, "other");
  mkdirSync(join(other, "inner"), { recursive: true });
  writeFileSync(join(other, "letter"), "");
  const nothing = run(other);
  assert.equal(nothing.status, 2);
  assert.match(nothing.stderr, /No file of a bundle is in this folder/);
  writeFileSync(join(other, "inner", "manifest"), "");
  assert.match(run(other).stderr, /Give the folder "inner" in it/);
  const part = run(join(other, "inner"), "--json");
  assert.equal(part.status, 5);
  assert.deepEqual(JSON.parse(part.stdout).reason, "FILES");
  const half = join(folder, "half");
  mkdirSync(join(half, "log", "tile", "entries"), { recursive: true });
  writeFileSync(join(half, "log", "tile", "entries", "000.p"), "");
  assert.equal(run(half).status, 5);
});

test("names the option that there is not, and asks for one folder", () => {
  assert.match(run(folder, "--frob").stderr, /^There is no --frob\.\n\nChecks the bundle/);
  for (const wrong of [run(), run(folder, folder)]) {
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /^Give one folder\./);
  }
  assert.equal(run("--help").status, 0);
});
