/**
 * Why a request to the connect pages is refused. A plain page shows the text. The user's stored
 * credentials stay as they were.
 */
export const REFUSALS = {
  invalid: {
    status: 404,
    title: "This link does not work",
    text: "The address is not complete, or it is not one of our links. Copy the whole link, or ask the application that sent it for a new one.",
  },
  expired: {
    status: 410,
    title: "This link has expired",
    text: "Links work only for a short time. Go back to the application that sent it, and ask for a new one.",
  },
  spent: {
    status: 410,
    title: "This link has already been used",
    text: "Each link works once. Your earlier change is still in effect. To make another change, ask for a new link.",
  },
  gone: {
    status: 410,
    title: "This account no longer exists here",
    text: "It was removed or archived, so it cannot be connected.",
  },
  disabled: {
    status: 403,
    title: "This kind of account cannot be connected",
    text: "It is currently disabled.",
  },
  not_set_up: {
    status: 403,
    title: "This kind of account is not set up yet",
    text: "The application that sent you here is not registered with the provider. Please contact its support.",
  },
  state: {
    status: 400,
    title: "This answer cannot be used",
    text: "The answer of the provider is incomplete, too old, or was changed in transit. Start again with the link that you received.",
  },
  browser: {
    status: 403,
    title: "You started in another browser",
    text: "Finish in the browser in which you opened the link, with cookies enabled. Or start again with the link that you received.",
  },
  origin: {
    status: 403,
    title: "This form came from another site",
    text: "Open the link that you received, and fill in the form there.",
  },
  too_many_tries: {
    status: 429,
    title: "Too many tries",
    text: "The login was refused too often. Check it in a mail program, then ask the application that sent you this link for a new one.",
  },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** Thrown when a request is refused for one of the reasons in REFUSALS. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  /** The text on the page. */
  readonly text: string;

  constructor(code: RefusalCode, { text, ...options }: ErrorOptions & { text?: string } = {}) {
    super(`Cannot follow the link: ${code}`, options);
    this.code = code;
    this.text = text ?? REFUSALS[code].text;
  }
}
