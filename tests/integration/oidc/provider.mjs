// A real OpenID Connect provider on the loopback interface: npm's oidc-provider, with its own pages to sign in.
//
//   node provider.mjs PORT CLIENT_SECRET REDIRECT_URI
//
// Whoever signs in with a name NAME has the address NAME@society.example; that of "unverified" nobody has verified.
import Provider from "oidc-provider";

const [port, secret, redirectUri] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [{ client_id: "plenary", client_secret: secret, redirect_uris: [redirectUri] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  pkce: { required: () => true },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: id === "unverified" ? "office@society.example" : `${id}@society.example`,
      email_verified: id !== "unverified",
    }),
  }),
});
provider.on("grant.error", (_, error) => console.error(`refused: ${error.error_detail ?? error.message}`));
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
