import { expect, test } from "vitest";
import { type LibraryCommand, passwordLogin, passwordWays } from "./password-login.ts";

const SERVERS: [name: string, capabilities: string[], username: string, ways: string[]][] = [
  ["both", ["AUTH=PLAIN"], "ann", ["AUTH=PLAIN", "LOGIN"]],
  ["no SASL", [], "ann", ["LOGIN"]],
  ["a login that is disabled", ["AUTH=PLAIN", "LOGINDISABLED"], "ann", ["AUTH=PLAIN"]],
  ["a name with a domain", ["AUTH=PLAIN"], "DOMAIN\\ann", ["LOGIN", "AUTH=PLAIN"]],
  [
    "a name with a domain, and a login that is disabled",
    ["AUTH=PLAIN", "LOGINDISABLED"],
    "DOMAIN\\ann",
    ["AUTH=PLAIN"],
  ],
  ["AUTH=LOGIN alone", ["AUTH=LOGIN"], "ann", ["AUTH=LOGIN", "LOGIN"]],
  ["nothing", ["LOGINDISABLED"], "ann", []],
];

test.each(SERVERS)("passwordWays() with %s", (_name, capabilities, username, ways) => {
  expect(passwordWays(new Set(capabilities), username)).toEqual(ways);
});

const refusal = (responseStatus: string, more: object = {}) =>
  Object.assign(new Error("Command failed"), {
    responseStatus,
    authenticationFailed: true,
    ...more,
  });

/**
 * Logs in to a server that answers AUTHENTICATE and LOGIN with these errors. Without an error, it
 * accepts the password.
 */
async function logIn(answers: { authenticate?: Error; login?: Error }) {
  const tried: string[] = [];
  const command =
    (name: "authenticate" | "login"): LibraryCommand =>
    () => {
      tried.push(name);
      return answers[name] ? Promise.reject(answers[name]) : Promise.resolve("ann");
    };
  const commands = passwordLogin({
    authenticate: command("authenticate"),
    login: command("login"),
  });
  const connection = { capabilities: new Set(["AUTH=PLAIN"]), exec: () => Promise.resolve() };
  const result = await commands
    .authenticate(connection, "ann", { password: "secret" })
    .catch((error: unknown) => error);
  return { result, tried };
}

const bare = refusal("NO");
const coded = refusal("NO", { serverResponseCode: "AUTHENTICATIONFAILED" });
const busy = refusal("NO", { responseText: "Too many login failures, try again later" });
const unknown = refusal("BAD");

test.each([
  ["is taken at once", {}, "ann", ["authenticate"]],
  ["is taken by LOGIN after a bare NO", { authenticate: bare }, "ann", ["authenticate", "login"]],
  ["is taken by LOGIN after BAD", { authenticate: unknown }, "ann", ["authenticate", "login"]],
  ["is refused twice", { authenticate: bare, login: bare }, bare, ["authenticate", "login"]],
  [
    "is refused by the one that was understood",
    { authenticate: unknown, login: bare },
    bare,
    ["authenticate", "login"],
  ],
  ["is wrong by its code", { authenticate: coded }, coded, ["authenticate"]],
  ["comes at a bad moment", { authenticate: busy }, busy, ["authenticate"]],
  [
    "ends the connection at the second way",
    { authenticate: bare, login: new Error("closed") },
    bare,
    ["authenticate", "login"],
  ],
])("a password %s", async (_name, answers, result, tried) => {
  expect(await logIn(answers)).toEqual({ result, tried });
});

test("a password beyond ASCII goes as a literal", async () => {
  const sent: unknown[] = [];
  const exec = (_command: string, attributes: unknown) => {
    sent.push(attributes);
    return Promise.resolve();
  };
  const login: LibraryCommand = (connection, name, password) =>
    connection.exec("LOGIN", [
      { type: "STRING", value: name },
      { type: "STRING", value: password },
    ]);
  await passwordLogin({ authenticate: login, login }).login(
    { capabilities: new Set(), exec },
    "ann",
    "Stra\u00dfe",
  );
  expect(sent).toEqual([
    [
      { type: "STRING", value: "ann" },
      { type: "LITERAL", value: Buffer.from("Stra\u00dfe") },
    ],
  ]);
});
