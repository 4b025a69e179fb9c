import { expect, test } from "vitest";
import { REASON_CODES, reasonText } from "../../../shared/users/reasons.ts";
import { en } from "../words/en.ts";
import { tellReason } from "./tell-reason.ts";

test.each([
  ["wrong_password", "password"],
  ["app_password_required", "password"],
  ["imap_disabled", "login"],
  ["account_locked", "login"],
  ["host_not_found", "host"],
  ["certificate_not_trusted", "host"],
  ["tls_too_old", "host"],
  ["connection_refused", "port"],
  ["not_imap", "port"],
  ["tls_required", "security"],
  ["no_tls_on_port", "security"],
  ["starttls_not_offered", "security"],
])("tellReason() says %s at the field %s", (reason, field) => {
  expect(tellReason(en, reason, true)).toEqual({ faults: { [field]: reasonText(reason) } });
});

test("tellReason() shows reasons above the form if no field of the form can solve them", () => {
  for (const reason of ["too_many_connections", "server_unavailable", "internal"]) {
    expect(tellReason(en, reason, true)).toEqual({ problem: reasonText(reason) });
  }
  expect(tellReason(en, "tls_required", false)).toEqual({ problem: reasonText("tls_required") });
});

test("tellReason() has a text for every reason", () => {
  for (const reason of REASON_CODES) {
    const { problem, faults = {} } = tellReason(en, reason, true);
    expect(problem ?? Object.values(faults)[0]).toBe(reasonText(reason));
  }
});
