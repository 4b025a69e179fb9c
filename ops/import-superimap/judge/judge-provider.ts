import type { Provider, ProviderKind } from "../../../db/partners/providers.ts";
import { leave, type ProviderRow, type ImportVerdict } from "../source-rows.ts";

/** An existing provider of this installation, or a new one. */
export type TakenProvider =
  | { kind: "known"; id: string }
  | { kind: "new"; provider: Omit<Provider, keyof typeof UNSET | "id" | "createdAt"> };

/** Our defaults for the columns that SuperIMAP does not have. */
const UNSET = {
  enabled: true,
  disabledReason: null,
  idleMinutes: 9,
  loginRate: null,
  ownHost: false,
  loginHelp: null,
  loginHelpUrl: null,
  oauthRevokeUrl: null,
  oauthRequestTokenUrl: null,
  oauthMailScope: null,
  oauthIssuer: null,
  oauthJwksUrl: null,
  oauthUserinfoUrl: null,
  oauthIdleDays: null,
};

const KINDS: Readonly<Record<string, ProviderKind>> = {
  "Plain::ImapProvider": "plain",
  "Oauth2::ImapProvider": "oauth2",
};

/**
 * Decides how a provider is imported. Its code stays, because partners use the code in URLs and get
 * it in webhooks. So an existing provider with this code is used, but only if its kind, host and
 * port are the same.
 *
 * @param ours The provider here with the same code.
 */
export function judgeProvider(
  row: ProviderRow,
  ours: Provider | undefined,
): ImportVerdict<TakenProvider> {
  const kind = KINDS[row.type ?? ""];
  const { code, imap_host: host, imap_port: port } = row;
  if (!kind) return leave(`its type ${row.type ?? ""} is neither plain nor OAuth 2`);
  if (!code || !host || port === null) return leave("it has no code, host or port");
  if (ours) return judgeKnown(ours, { kind, host, port });
  if (row.imap_use_ssl !== true) {
    return leave(
      `it has no TLS: create a provider ${code} of ${host}:${port} with TLS or STARTTLS in the admin pages, or go without it`,
    );
  }
  if (kind === "plain") return taken({ ...common(row, { code, host, port }), kind, ...NO_OAUTH });
  const oauth = toOauthSettings(row);
  return oauth
    ? taken({ ...common(row, { code, host, port }), kind, ...oauth })
    : leave("its OAuth addresses are not ones that begin with https://");
}

function judgeKnown(
  ours: Provider,
  { kind, host, port }: { kind: ProviderKind; host: string; port: number },
): ImportVerdict<TakenProvider> {
  if (ours.kind !== kind) return leave(`there is a provider ${ours.code} of the kind ${ours.kind}`);
  if (ours.imapHost.toLowerCase() === host.toLowerCase() && ours.imapPort === port) {
    return { kind: "take", taken: { kind: "known", id: ours.id } };
  }
  return leave(
    `the provider ${ours.code} here is ${ours.imapHost}:${ours.imapPort}, and SuperIMAP's ${host}:${port}: change it in the admin pages first`,
  );
}

type NewProvider = Extract<TakenProvider, { kind: "new" }>["provider"];

const taken = (provider: NewProvider): ImportVerdict<TakenProvider> => ({
  kind: "take",
  taken: { kind: "new", provider },
});

const NO_OAUTH = {
  saslMechanism: null,
  oauthAuthorizeUrl: null,
  oauthTokenUrl: null,
  oauthScopes: null,
  oauthAuthorizeParams: {},
} as const;

const common = (
  row: ProviderRow,
  { code, host, port }: { code: string; host: string; port: number },
) => ({
  code,
  title: row.title?.trim() || code,
  imapHost: host,
  imapPort: port,
  imapSecurity: "tls" as const,
  smtpHost: row.smtp_host || null,
  smtpPort: row.smtp_port,
  smtpStarttls: row.smtp_enable_starttls_auto ?? true,
});

function toOauthSettings(row: ProviderRow) {
  const authorizeUrl = parseEndpoint(row.oauth2_authorize_url, row.oauth2_site);
  const tokenUrl = parseEndpoint(row.oauth2_token_url, row.oauth2_site);
  if (authorizeUrl === null || tokenUrl === null) return null;
  const params = {
    access_type: row.oauth2_access_type,
    approval_prompt: row.oauth2_approval_prompt,
  };
  return {
    saslMechanism: "XOAUTH2" as const,
    oauthAuthorizeUrl: authorizeUrl,
    oauthTokenUrl: tokenUrl,
    oauthScopes: row.oauth2_scope,
    oauthAuthorizeParams: Object.fromEntries(
      Object.entries(params).flatMap(([name, value]) => (value ? [[name, value]] : [])),
    ),
  };
}

/** Returns the URL of an OAuth endpoint. SuperIMAP stores a site and a path on that site. */
function parseEndpoint(path: string | null, site: string | null): string | null {
  const url = path ? URL.parse(path, site || undefined) : null;
  return url?.protocol === "https:" ? url.href : null;
}
