/** A provider that many people have an address at. Its server takes TLS on port 993. */
export interface KnownProvider {
  /** Its name, as people know it. */
  title: string;
  imapHost: string;
  /**
   * Which password its server takes from other programs:
   *
   *   account   the password of the account. Some providers want an app password if two-factor
   *             authentication is on
   *   app       an app password, or another one that is for mail programs alone
   *   none      none: the person signs in at the provider (OAuth 2)
   */
  password: "account" | "app" | "none";
  /** The provider's page about app passwords. */
  helpUrl?: string;
  /** The domains of its addresses. */
  domains: readonly string[];
}

/**
 * Hosts and domains are those of Thunderbird (github.com/thunderbird/autoconfig, ispdb), which also
 * says that Outlook takes OAuth 2 alone. The help pages say that the others want an app password.
 */
const PROVIDERS: readonly KnownProvider[] = [
  {
    title: "Gmail",
    imapHost: "imap.gmail.com",
    password: "app",
    helpUrl: "https://support.google.com/accounts/answer/185833",
    domains: ["gmail.com", "googlemail.com"],
  },
  {
    title: "Outlook",
    imapHost: "outlook.office365.com",
    password: "none",
    domains: [
      ...["outlook.com", "hotmail.com", "live.com", "msn.com", "windowslive.com"],
      ...["outlook.at", "outlook.be", "outlook.de", "outlook.es", "outlook.fr", "outlook.it"],
      ...["outlook.jp", "outlook.pt", "outlook.com.ar", "outlook.com.au", "outlook.com.br"],
      ...["hotmail.be", "hotmail.ca", "hotmail.ch", "hotmail.de", "hotmail.es", "hotmail.fr"],
      ...["hotmail.it", "hotmail.nl", "hotmail.se", "hotmail.co.jp", "hotmail.co.uk"],
      ...["hotmail.com.ar", "hotmail.com.au", "hotmail.com.br", "live.at", "live.be", "live.ca"],
      ...["live.de", "live.fr", "live.it", "live.jp", "live.nl", "live.se", "live.co.uk"],
      ...["live.com.ar", "live.com.au", "live.com.mx", "live.com.pt"],
    ],
  },
  {
    title: "Yahoo Mail",
    imapHost: "imap.mail.yahoo.com",
    password: "app",
    helpUrl: "https://help.yahoo.com/kb/SLN15241.html",
    domains: [
      ...["yahoo.com", "ymail.com", "rocketmail.com", "myyahoo.com", "yahoo.ca", "yahoo.de"],
      ...["yahoo.es", "yahoo.fr", "yahoo.it", "yahoo.se", "yahoo.co.in", "yahoo.co.nz"],
      ...["yahoo.co.uk", "yahoo.com.ar", "yahoo.com.au", "yahoo.com.br", "yahoo.com.mx"],
    ],
  },
  {
    title: "AOL Mail",
    imapHost: "imap.aol.com",
    password: "app",
    helpUrl: "https://help.aol.com/articles/Create-and-manage-app-password",
    domains: [
      ...["aol.com", "aim.com", "aol.de", "aol.es", "aol.fr", "aol.it", "aol.co.uk", "aol.com.br"],
    ],
  },
  {
    title: "iCloud Mail",
    imapHost: "imap.mail.me.com",
    password: "app",
    helpUrl: "https://support.apple.com/102654",
    domains: ["icloud.com", "me.com", "mac.com"],
  },
  {
    title: "Fastmail",
    imapHost: "imap.fastmail.com",
    password: "app",
    helpUrl: "https://www.fastmail.help/hc/en-us/articles/360058752854-App-passwords",
    domains: ["fastmail.com", "fastmail.fm"],
  },
  {
    title: "Yandex",
    imapHost: "imap.yandex.com",
    password: "app",
    helpUrl: "https://yandex.com/support/passport/authorization/app-passwords.html",
    domains: [
      ...["yandex.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua", "ya.ru", "narod.ru"],
    ],
  },
  {
    title: "GMX",
    imapHost: "imap.gmx.net",
    password: "account",
    domains: ["gmx.de", "gmx.net", "gmx.at", "gmx.ch", "gmx.eu", "gmx.info", "gmx.org"],
  },
  {
    title: "GMX",
    imapHost: "imap.gmx.com",
    password: "account",
    domains: ["gmx.com", "gmx.us", "gmx.co.uk", "gmx.es", "gmx.fr", "gmx.it", "gmx.pt"],
  },
  { title: "WEB.DE", imapHost: "imap.web.de", password: "account", domains: ["web.de"] },
  {
    title: "T-Online",
    imapHost: "secureimap.t-online.de",
    password: "app",
    domains: ["t-online.de", "magenta.de"],
  },
  {
    title: "Zoho Mail",
    imapHost: "imap.zoho.com",
    password: "account",
    domains: ["zoho.com", "zohomail.com"],
  },
  {
    title: "Zoho Mail",
    imapHost: "imap.zoho.eu",
    password: "account",
    domains: ["zoho.eu", "zohomail.eu"],
  },
  {
    title: "Orange",
    imapHost: "imap.orange.fr",
    password: "account",
    domains: ["orange.fr", "wanadoo.fr"],
  },
  { title: "Free", imapHost: "imap.free.fr", password: "account", domains: ["free.fr"] },
];

const BY_DOMAIN: ReadonlyMap<string, KnownProvider> = new Map(
  PROVIDERS.flatMap((provider) => provider.domains.map((domain) => [domain, provider])),
);

const HOSTS: ReadonlySet<string> = new Set(PROVIDERS.map(({ imapHost }) => imapHost));

/** Whether the host, in lower case, is the mail server of one of these providers. */
export const isKnownHost = (host: string): boolean => HOSTS.has(host);

/** Returns the provider of an address. Undefined for other domains, and for what is no address. */
export function findKnownProvider(login: string): KnownProvider | undefined {
  const at = login.lastIndexOf("@");
  if (at < 1) return undefined;
  return BY_DOMAIN.get(
    login
      .slice(at + 1)
      .trim()
      .toLowerCase(),
  );
}
