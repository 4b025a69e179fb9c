import type { Provider } from "./provider-answer.ts";

export const KIND_WORDS: Readonly<Record<Provider["kind"], string>> = {
  plain: "login and password",
  oauth2: "OAuth 2",
  oauth1: "OAuth 1.0a",
};
