import { expect, test } from "vitest";
import { refuseMisfits } from "./kind-fields.ts";

test("refuseMisfits() lets the kind's own and the common fields pass", () => {
  refuseMisfits("user", "plain", { tag: "X", login_username: "u", login_password: "p" });
  refuseMisfits("user", "oauth2", { tag: "X", email: "x@x.test" });
  refuseMisfits("connection", "oauth2", { oauth2_client_id: "i", oauth2_client_secret: "s" });
});

test("refuseMisfits() names every field of another kind", () => {
  expect(() =>
    refuseMisfits("user", "oauth2", { tag: "X", login_username: null, login_password: "p" }),
  ).toThrow(
    expect.objectContaining({
      code: "invalid-input",
      fields: [
        expect.objectContaining({ pointer: "/login_username" }),
        expect.objectContaining({ pointer: "/login_password" }),
      ],
    }),
  );
});
