import { reasonText } from "../users/reasons.ts";
import { countWords } from "./count-words.ts";
import type { HealthFacts, MailServerFacts, ProviderFacts } from "./health-facts.ts";
import type { HealthProblem, Urgency } from "./problem.ts";

/** A mail server with fewer lost users may be one that only its own users know. */
const FEW_USERS = 3;
/** From this share of all users on, a mail server's failure is urgent. */
const LARGE_SHARE = 0.1;
/** How many users must lose their access at one provider before the provider is suspected. */
const MANY_AT_ONCE = 5;
const MANY_SHARE = 0.01;

/** Finds the problems of mail servers, providers and users' logins. */
export const findMailProblems = (facts: HealthFacts): HealthProblem[] => [
  ...mailServerProblems(facts),
  ...facts.providers.flatMap(tokenProblems),
  ...clientProblems(facts),
  ...facts.providers.flatMap(signInProblems),
];

function mailServerProblems({ mailServers, usersToWatch }: HealthFacts): HealthProblem[] {
  const large = mailServers.filter(({ users }) => users >= FEW_USERS);
  const small = mailServers.filter(({ users }) => users < FEW_USERS);
  const problems = large.map((server): HealthProblem => {
    const isLarge = server.users >= usersToWatch * LARGE_SHARE;
    return mailServerProblem(server, isLarge ? "page" : "ticket");
  });
  const [only, ...others] = small;
  if (only && others.length === 0) problems.push(mailServerProblem(only, "info"));
  if (only && others.length > 0) {
    const users = small.reduce((sum, server) => sum + server.users, 0);
    problems.push({
      name: "MailServerUnreachable",
      subject: "",
      urgency: "info",
      sinceMs: Math.min(...small.map(({ sinceMs }) => sinceMs)),
      cause: `${small.length} mail servers with one or two users each are unavailable`,
      effect: `Mail of ${countWords(users, "user")} is not read. It waits in its mailboxes.`,
      advice: "Retrying automatically. Each user's page shows the reason.",
      href: "/admin/users?state=unreachable",
    });
  }
  return problems;
}

const FAULTS: Readonly<Record<string, string>> = {
  timeout: "does not answer",
  connection_refused: "refuses connections",
  connection_lost: "closes connections",
  host_not_found: "cannot be found in DNS",
  server_unavailable: "reports that it is unavailable",
  certificate_not_trusted: "has a TLS certificate that is not trusted",
  too_many_connections: "refuses more connections",
};

function mailServerProblem(server: MailServerFacts, urgency: Urgency): HealthProblem {
  const { host, users, reason, isOnlyReason, sinceMs } = server;
  const query = new URLSearchParams({ host, ...(isOnlyReason && { reason }) });
  return {
    name: "MailServerUnreachable",
    subject: host,
    urgency,
    sinceMs,
    cause: `The mail server ${host} ${FAULTS[reason] ?? "is unavailable"}`,
    effect: `Mail of ${countWords(users, "user")} is not read. It waits in its mailboxes.`,
    advice:
      FAULTS[reason] === undefined
        ? reasonText(reason)
        : "Retrying automatically. Check the provider's status page.",
    href: `/admin/users?${query.toString()}`,
  };
}

function tokenProblems(provider: ProviderFacts): HealthProblem[] {
  const { code, title, users, withoutToken, withoutTokenSinceMs } = provider;
  if (withoutToken === 0) return [];
  return [
    {
      name: "TokenEndpointFailing",
      subject: code,
      urgency: isMany(withoutToken, users) ? "page" : "ticket",
      sinceMs: withoutTokenSinceMs,
      cause: `The token endpoint of ${title} returns errors or does not answer`,
      effect: `Mail of ${countWords(withoutToken, "user")} is not read, because they get no new access token.`,
      advice: "Retrying automatically. Check the provider's status page.",
      href: toUsers({ reason: "provider_unavailable", provider: code }),
    },
  ];
}

const clientProblems = ({ oauthClients }: HealthFacts): HealthProblem[] =>
  oauthClients.map(({ connectionId, partnerName, providerTitle, users, sinceMs }) => ({
    name: "OAuthClientRefused",
    subject: connectionId,
    urgency: "page",
    sinceMs,
    cause: `${providerTitle} refuses the OAuth client of ${partnerName}, or the connection has none`,
    effect: `Mail of ${countWords(users, "user")} is not read.`,
    advice: "Enter a valid client id and client secret at the connection.",
    href: `/admin/connections/${connectionId}`,
  }));

function signInProblems(provider: ProviderFacts): HealthProblem[] {
  const { code, title, users, mustSignIn, mustSignInSuddenly, mustSignInSinceMs } = provider;
  if (mustSignIn === 0) return [];
  const isSudden = isMany(mustSignInSuddenly, users);
  return [
    {
      name: "UsersMustSignIn",
      subject: code,
      urgency: isSudden ? "ticket" : "info",
      sinceMs: mustSignInSinceMs,
      cause: isSudden
        ? `${title} has refused the logins of ${countWords(mustSignInSuddenly, "user")} within 15 minutes`
        : `${title} refuses the login of ${countWords(mustSignIn, "user")}`,
      effect: `${countWords(mustSignIn, "user")} must sign in again. Their mail is not read until then.`,
      advice: isSudden
        ? "Check whether the provider has changed its rules for logins."
        : "Their partners have received a webhook, and can send them a connect link.",
      href: toUsers({ state: "auth_failed", provider: code }),
    },
  ];
}

const isMany = (some: number, all: number) => some >= Math.max(MANY_AT_ONCE, all * MANY_SHARE);

const toUsers = (query: Record<string, string>) =>
  `/admin/users?${new URLSearchParams(query).toString()}`;
