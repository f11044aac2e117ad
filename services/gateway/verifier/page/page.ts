// The page: a folder is chosen, checked, and told about.

import { hex } from "../src/bytes.ts";
import { CHECKS, type Bundle, type Check, type Election, type Verdict } from "../src/bundle.ts";
import type { ContestResult } from "../src/result.ts";
import { verify, whyNoBundle } from "../src/verify.ts";
import { fingerprint, placeInWords, PROMISES, votesInWords } from "../src/words.ts";

function element<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

function made(tag: string, text = "", className = ""): HTMLElement {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) node.className = className;
  return node;
}

// A chosen folder comes as files whose paths begin with its name.
function bundleOf(files: readonly File[]): Bundle {
  const byPath = new Map(files.map((file) => [file.webkitRelativePath.split("/").slice(1).join("/"), file]));
  return {
    paths: [...byPath.keys()],
    async read(path) {
      return new Uint8Array(await byPath.get(path)!.arrayBuffer());
    },
  };
}

async function showProgress(check: Check, done: number, total: number): Promise<void> {
  const bar = element<HTMLProgressElement>("bar");
  // The ballots take nearly all of the time: half of it to check them, half to open them.
  if (check === "BALLOT_FORM") bar.value = (0.5 * done) / Math.max(total, 1);
  if (check === "RESULT") bar.value = 0.5 + (0.5 * done) / Math.max(total, 1);
  const count = total > 1 ? `${done.toLocaleString("en")} of ${total.toLocaleString("en")} ballots` : "";
  const doing = check === "RESULT" ? "Opening and counting" : "Checking";
  element("step").textContent = `${doing} ${count || "the log and the lists"} …`;
  await new Promise((resolve) => setTimeout(resolve)); // lets the page be drawn
}

const SIGNS = { HOLDS: "✓", FAILS: "✗", NOT_REACHED: "–" };
const SPOKEN = { HOLDS: "holds", FAILS: "fails", NOT_REACHED: "not checked" };

function showChecks(verdict: Verdict): void {
  const list = element("checks");
  list.replaceChildren(
    ...verdict.checks.map(({ check, state }) => {
      const line = made("li", "", state);
      const sign = made("span", SIGNS[state], "sign");
      sign.setAttribute("role", "img");
      sign.setAttribute("aria-label", SPOKEN[state]);
      const text = made("span", state === "FAILS" ? `Not so: ${PROMISES[check]}` : PROMISES[check]);
      const where = state === "FAILS" ? placeInWords(verdict) : "";
      text.append(made("span", where ? `${check} · ${where}` : check, "code"));
      line.append(sign, text);
      return line;
    }),
  );
  list.hidden = false;
}

function contestTable({ contest, blank, outcome }: ContestResult): HTMLElement[] {
  const table = made("table");
  for (const { option, votes, elected, tied } of outcome.placings) {
    const row = made("tr", "", elected ? "elected" : "");
    const notes = [elected ? "elected" : "", tied ? "by lot" : ""].filter(Boolean).join(", ");
    row.append(
      made("td", contest.options[option]!.displayName),
      made("td", votesInWords(votes, contest.method)),
      made("td", notes),
    );
    table.append(row);
  }
  const counted = `${blank} left this blank · ${outcome.vacancies} of ${contest.seats} seats vacant`;
  return [made("h2", contest.displayName), made("p", counted, "aside"), table];
}

function showElection({ manifest, manifestHash, finalRoot, result }: Election): void {
  const section = element("result");
  const compare = "Compare it with what each registrar reads out: a bundle cannot tell whether it is your election's own.";
  section.replaceChildren(
    made("h2", manifest.displayName),
    made("p", `Fingerprint of the manifest: ${fingerprint(manifestHash)}`, "fingerprint"),
    made("p", compare, "aside"),
    made("p", `Final root of the log: ${hex(finalRoot)}`, "fingerprint"),
    made("p", "Compare it with what any trustee was told before the ballots were opened.", "aside"),
    ...result.contests.flatMap(contestTable),
  );
  section.hidden = false;
}

function summary(verdict: Verdict): string {
  if (!verdict.election) {
    const where = placeInWords(verdict);
    return `First fault: ${verdict.reason}${where ? `, ${where}` : ""}. Show this to the returning officer.`;
  }
  const { result, manifest } = verdict.election;
  const [ballots, units] = [result.ballots, manifest.rollCount].map((count) => count.toLocaleString("en"));
  return `${ballots} ballots of ${units} on the roll, ${result.spoilt.length} spoilt; all ${CHECKS.length} checks pass.`;
}

function showVerdict(verdict: Verdict): void {
  const box = element("verdict");
  box.className = verdict.election ? "holds" : "fails";
  box.textContent = verdict.election ? "The election holds." : "The election does not hold.";
  box.append(made("small", summary(verdict)));
  box.hidden = false;
  showChecks(verdict);
  if (verdict.election) showElection(verdict.election);
}

function showTrouble(error: unknown): void {
  const box = element("verdict");
  box.className = "fails";
  box.textContent = "The folder could not be checked.";
  box.append(made("small", error instanceof Error ? error.message : String(error)));
  box.hidden = false;
}

async function checkFolder(files: readonly File[]): Promise<void> {
  const input = element<HTMLInputElement>("folder");
  for (const id of ["verdict", "checks", "result"]) element(id).hidden = true;
  element("name").textContent = files[0]!.webkitRelativePath.split("/")[0]!;
  element("name").hidden = false;
  element("progress").hidden = false;
  element<HTMLProgressElement>("bar").value = 0;
  input.disabled = true;
  try {
    const bundle = bundleOf(files);
    const missing = whyNoBundle(bundle);
    if (missing) throw new Error(missing);
    showVerdict(await verify(bundle, showProgress));
  } catch (error) {
    showTrouble(error);
  } finally {
    element("progress").hidden = true;
    input.disabled = false;
    input.value = ""; // the same folder may be chosen again
  }
}

element<HTMLInputElement>("folder").addEventListener("change", (event) => {
  const files = [...((event.target as HTMLInputElement).files ?? [])];
  if (files.length > 0) void checkFolder(files);
});
