/** Why a link or a callback is refused. A plain page shows the text, and nothing has changed. */
export const REFUSALS = {
  invalid: {
    status: 404,
    title: "This link does not work",
    text: "The address is not complete, or it is not one of ours. Copy the whole link, or ask for a new one where you got it.",
  },
  expired: {
    status: 410,
    title: "This link has expired",
    text: "Links work for a short time only. Go back to where you got it and ask for a new one.",
  },
  spent: {
    status: 410,
    title: "This link was used already",
    text: "Each link works once. What was done stays as it is. To do it again, ask for a new link.",
  },
  gone: {
    status: 410,
    title: "This account is no longer here",
    text: "It was removed or archived, so it cannot be connected.",
  },
  disabled: {
    status: 403,
    title: "This kind of account cannot be connected",
    text: "It is switched off.",
  },
  not_set_up: {
    status: 403,
    title: "This kind of account is not set up yet",
    text: "The application that sent you here has not registered with the provider. Please tell its operators.",
  },
  state: {
    status: 400,
    title: "This answer cannot be used",
    text: "It is not complete, too old, or was changed on its way. Begin again with the link that you got.",
  },
  browser: {
    status: 403,
    title: "This was begun in another browser",
    text: "Finish in the browser in which you opened the link, with cookies switched on. Or begin again with the link that you got.",
  },
  origin: {
    status: 403,
    title: "This form came from another site",
    text: "Open the link that you got, and fill in the form there.",
  },
  too_many_tries: {
    status: 429,
    title: "Too many tries",
    text: "The login was refused too often. Check it in another mail program, then ask for a new link where you got this one.",
  },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** Ends a request with a plain page. */
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
