// Files of the source tree that tests read; the tests themselves run from the build folder.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = process.env["PLENARY_SOURCE_DIR"];

export function source(path: string): string {
  if (!root) throw new Error("PLENARY_SOURCE_DIR is not set: run the tests by services/gateway/verifier/run_tests");
  return readFileSync(join(root, path), "utf8");
}

export function sourceJson<T>(path: string): T {
  return JSON.parse(source(path)) as T;
}

export function bytes(hexText: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(hexText, "hex"));
}
