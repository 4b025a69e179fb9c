import { createTransport } from "nodemailer";
import { isPrivateHost } from "../../shared/network/database-url.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import type { Post } from "../dialling/endpoint-client.ts";
import { type Notice, type NoticeText, type SendNotice, writeNotice } from "./notice.ts";

const TIMEOUT_MS = 15_000;

export interface NoticeSettings {
  publicUrl: string;
  webhookUrl: string | undefined;
  mail: MailSettings | undefined;
}

export interface MailSettings {
  smtpUrl: string;
  from: string;
  to: readonly string[];
}

type Way = (text: NoticeText) => Promise<void>;

/**
 * Creates the sender of notices: by mail, by webhook, or both. A notice counts as sent when one way
 * has worked.
 * @returns null when no way is configured.
 */
export function createNoticeSender(
  { post, log }: { post: Post; log: Log },
  { publicUrl, webhookUrl, mail }: NoticeSettings,
): SendNotice | null {
  const ways: Way[] = [
    ...(webhookUrl === undefined ? [] : [postText(post, webhookUrl)]),
    ...(mail === undefined ? [] : [mailText(mail)]),
  ];
  if (ways.length === 0) return null;
  return async (notice: Notice) => {
    const text = writeNotice(notice, publicUrl);
    const results = await Promise.allSettled(ways.map((way) => way(text)));
    const failures = results.filter((result) => result.status === "rejected");
    const [failure] = failures;
    if (failure && failures.length === ways.length) throw failure.reason;
    if (failure) log.warn("notice.half_sent", { error: toErrorText(failure.reason) });
  };
}

/** @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
const postText =
  (post: Post, url: string): Way =>
  async ({ subject, body }) => {
    // Slack reads &, < and > as its own markup.
    const escaped = `*${subject}*\n${body}`
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;");
    const request = {
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: escaped }),
    };
    const { status } = await post(url, request, AbortSignal.timeout(TIMEOUT_MS));
    if (status < 200 || status > 299) {
      throw new Error(`Cannot post the notice: the webhook answered ${status}`);
    }
  };

function mailText({ smtpUrl, from, to }: MailSettings): Way {
  const url = new URL(smtpUrl);
  const isTls = url.protocol === "smtps:";
  const options = {
    host: url.hostname,
    port: url.port === "" ? (isTls ? 465 : 587) : Number(url.port),
    secure: isTls,
    // Without TLS, others could read the password on its way.
    requireTLS: !isTls && !isPrivateHost(smtpUrl),
    ...(url.username !== "" && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  return async ({ subject, body }) => {
    const transport = createTransport(options);
    try {
      await transport.sendMail({ from, to: [...to], subject, text: body });
    } finally {
      transport.close();
    }
  };
}
