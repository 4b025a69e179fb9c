import { expect, test } from "vitest";
import { refuseHost, refuseMisfits } from "./kind-fields.ts";

test("refuseMisfits() accepts the kind's own fields and the common ones", () => {
  refuseMisfits("user", "plain", { tag: "X", login_username: "u", login_password: "p" });
  refuseMisfits("user", "oauth2", { tag: "X", email: "x@x.test" });
  refuseMisfits("user", "oauth2", { email: "x@x.test", oauth2_refresh_token: "t" });
  refuseMisfits("user", "oauth2", { login_username: "x@corp.test" });
  refuseMisfits("user", "oauth1", { login_username: "x@corp.test" });
  refuseMisfits("connection", "oauth2", { oauth2_client_id: "i", oauth2_client_secret: "s" });
  refuseMisfits("connection", "oauth1", { oauth1_consumer_key: "k" });
});

test("refuseHost() takes a host where each user has its own, and names each field elsewhere", () => {
  const host = { tag: "X", imap_host: "h", imap_port: 993, imap_security: "tls" };
  refuseHost({ ownHost: true }, host);
  refuseHost({ ownHost: false }, { tag: "X" });
  expect(() => refuseHost({ ownHost: false }, host)).toThrow(
    expect.objectContaining({
      code: "invalid-input",
      fields: ["/imap_host", "/imap_port", "/imap_security"].map((pointer) =>
        expect.objectContaining({ pointer }),
      ),
    }),
  );
});

test("refuseMisfits() names every field of another kind", () => {
  expect(() =>
    refuseMisfits("user", "plain", { tag: "X", login_username: null, oauth2_refresh_token: "t" }),
  ).toThrow(
    expect.objectContaining({
      code: "invalid-input",
      fields: [expect.objectContaining({ pointer: "/oauth2_refresh_token" })],
    }),
  );
  const passwords = { login_password: "p", oauth2_refresh_token: "t" };
  expect(() => refuseMisfits("user", "oauth1", passwords)).toThrow(
    expect.objectContaining({
      fields: ["/login_password", "/oauth2_refresh_token"].map((pointer) =>
        expect.objectContaining({ pointer }),
      ),
    }),
  );
});
