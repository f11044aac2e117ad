// What a person does with a browser: opens the address, signs in, agrees, and ends up at the redirect address, which
// it prints.
//
//   node browser.mjs URL NAME REDIRECT_URI
const [start, name, redirectUri] = process.argv.slice(2);
const cookies = new Map();

async function open(url, form) {
  const answer = await fetch(url, {
    method: form ? "POST" : "GET",
    body: form && new URLSearchParams(form),
    redirect: "manual",
    headers: { cookie: [...cookies].map(([key, value]) => `${key}=${value}`).join("; ") },
  });
  for (const cookie of answer.headers.getSetCookie()) {
    const [, key, value] = /^([^=]+)=([^;]*)/.exec(cookie);
    if (value) cookies.set(key, value);
    else cookies.delete(key);
  }
  return answer;
}

let url = start;
for (let step = 0; step < 20; ++step) {
  if (url.startsWith(redirectUri)) {
    console.log(url);
    process.exit(0);
  }
  let answer = await open(url);
  if (answer.status === 200) {
    const prompt = /name="prompt" value="(\w+)"/.exec(await answer.text())?.[1];
    const action = url;
    if (prompt === "login") answer = await open(action, { prompt, login: name, password: "any" });
    else if (prompt === "consent") answer = await open(action, { prompt });
    else throw new Error(`a page without a form: ${url}`);
  }
  if (answer.status < 300 || answer.status > 399) throw new Error(`${answer.status} at ${url}: ${await answer.text()}`);
  url = new URL(answer.headers.get("location"), url).href;
}
throw new Error("no end of redirects");
