import type { ShownProvider } from "./provider-answer.ts";

export const PROVIDER_KIND_WORDS: Readonly<Record<ShownProvider["kind"], string>> = {
  plain: "login and password",
  oauth2: "OAuth 2",
  oauth1: "OAuth 1.0a",
};
