import { createTransport } from "nodemailer";

export interface DemoMail {
  to: string;
  subject: string;
  text: string;
}

/** Sends a mail to an SMTP server. */
export async function sendMail(
  smtp: { host: string; port: number },
  mail: DemoMail,
): Promise<void> {
  const transport = createTransport({ ...smtp, secure: false, ignoreTLS: true });
  try {
    await transport.sendMail({ from: "SuperIMAP <hello@demo.test>", ...mail });
  } finally {
    transport.close();
  }
}
