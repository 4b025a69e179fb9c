/**
 * This file contains typical pieces of ordinary mails and of hostile mails. Mutations insert and
 * repeat these pieces.
 */

const words = (text: string) => text.split(" ");

export const HEADER_NAMES = words(
  "From To Cc Reply-To Subject Date Message-ID References In-Reply-To Content-Type Content-ID X " +
    "Content-Disposition Content-Transfer-Encoding MIME-Version",
);

export const CHARSETS = [
  ...words("utf-8 utf-7 utf-16 utf-16be utf-32 us-ascii iso-8859-1 koi8-r iso-2022-jp shift_jis"),
  ...words("euc-kr gb18030 big5 hz-gb-2312 windows-1252 x-user-defined replacement cp037 3Dutf-8"),
  ...["", '"', "=?"],
];

export const ENCODINGS = [
  ...words("base64 quoted-printable 7bit 8bit binary x-uuencode"),
  ...["BASE64 ", ""],
];

export const MEDIA_TYPES = [
  ...words("text/plain text/html text/calendar message/rfc822 multipart/alternative text"),
  ...words("multipart/digest multipart/mixed message/delivery-status application/ms-tnef"),
  ...["text/plain; format=flowed; delsp=yes", "image/png; name=a.png"],
];

/** Pieces whose repetition may make a regular expression slow. */
export const REPEATED = [
  ...words('a = =20 ( ) < > " \\ \\" , : ; [ ] @ a@ <a@ a: a, - -- _ ?= =? %20 a. 1: ~ {'),
  ...words("=?utf-8?q? =?utf-8?b?YQ==?= *0*=a; name*=utf-8''%ff (() <> <<>> &lt; https:// +AG"),
  ...[" ", "\t", "=\r\n", "\r", "\n", "\r\n", "\r\n ", "\0", "=?utf-8?q?a?= ", "a*1=b; "],
  ...["> ", ">", ">\n", " >", "-- \n", "--\n", "a\n", "On 1.1.2026 ", "wrote:\n", "From: a\n"],
  ...["Sent: 1.1.2026 10:00\n", "Ann ", "10:00 ", "Sent from my ", "unsubscribe ", "Jan "],
  ...["+0100 ", "<a href=", "\x1b$B", "\x1b(B", "\xc3", "\xe2\x82", "\x80", "\xff", "\xe9crit "],
];

/** Lines that mail programs write between a reply and the quoted mail. */
export const LINES = [
  "On Sun, 22 Nov 2026 at 10:00, Ann Example <ann@example.com> wrote:",
  "Am 22.11.2026 um 10:00 schrieb Ann Example <ann@example.com>:",
  "Ann Example wrote:",
  "On Sun, 22 Nov 2026 at 10:00, Ann Example",
  "-----Original Message-----",
  "________________________________",
  "From: Ann Example <ann@example.com>",
  "Sent: Sunday, 22 November 2026 10:00",
  "To: Bob <bob@example.com>",
  "Subject: Hello",
  "Begin forwarded message:",
  "Sent from my iPhone",
  "Get Outlook for iOS",
  ...["-- ", "--", "> quoted", ">> quoted twice", "> 5 is more", ">From here", "", " ", "."],
  ...["begin 644 file.txt", "--b", "--b--"],
];
