/** Words with which mail programs introduce a quotation, in various languages. */

const toAlternation = (words: readonly string[]) => `(?:${words.join("|")})`;

const WROTE_VERBS = [
  ...["wrote", "schrieb", "écrit", "escribió", "ha scritto", "escreveu", "schreef", "skrev"],
  ...["kirjoitti", "napisał", "pisze", "napsal", "yazdı", "написал", "пишет", "пише", "έγραψε"],
];
const WROTE_ELSEWHERE = [
  ...["写道", "寫道", "のメッセージ", "書きました", "작성", "님이"],
  "\\d{4}年\\d{1,2}月\\d{1,2}日",
];

/** These words begin a sentence, not a name. */
const SENTENCE_WORDS = [
  ...["as", "what", "when", "where", "like", "since", "because", "if", "how", "you", "he", "she"],
  ...["they", "we", "i", "it", "who", "this", "that", "wie", "was", "weil", "da", "comme", "como"],
  ...["come", "som", "zoals", "так", "как"],
];
const anyCase = (word: string) =>
  `[${word.charAt(0).toUpperCase()}${word.charAt(0)}]${word.slice(1)}`;

const NAME_AND_VERB =
  `^(?!${toAlternation(SENTENCE_WORDS.map(anyCase))}\\s)` +
  `(?:["'(]?\\p{Lu}[\\p{L}\\p{M}.'’-]*["')]?,?\\s{1,3}|(?:a|da|de|del|der|di|dos|la|le|van|von)\\s){1,5}` +
  `${toAlternation(WROTE_VERBS)}(?:\\(a\\))?`;

/** Matches a line with only a name and a verb: `Ann Example wrote:`. */
export const NAME_WROTE = new RegExp(`${NAME_AND_VERB}\\s?[:：]$`, "u");
/** Matches a line with a name, a verb and more text: `Ann schrieb am 22.11.2026 um 10:00:`. */
export const NAME_WROTE_AT = new RegExp(`${NAME_AND_VERB}\\s.{0,120}[:：]$`, "u");

/**
 * Matches words such as `wrote`, or a date such as `2026年11月22日`. They show that a line says who
 * wrote a quotation.
 */
export const WROTE = new RegExp(
  `(?<!\\p{L})${toAlternation(WROTE_VERBS)}|${toAlternation(WROTE_ELSEWHERE)}`,
  "iu",
);

/**
 * Matches the beginning of a line above a quotation: a word before a date, such as `on` or `le`, or
 * the beginning of a date, such as `22.` or `2026年`.
 */
export const OPENING =
  /^(?:(?:on|am|le|el|il|em|op|den|pe|w dniu|dnia|dne|в)\s|在|\d{1,4}[./年-])/i;

const ORIGINAL_MESSAGE = [
  ...["original message", "ursprüngliche nachricht", "message d'origine", "message original"],
  ...["mensaje original", "messaggio originale", "mensagem original", "oorspronkelijk bericht"],
  ...["oprindelig meddelelse", "ursprungligt meddelande", "oryginalna wiadomość"],
  ...["исходное сообщение", "原始邮件", "元のメッセージ", "forwarded message"],
  ...["weitergeleitete nachricht", "message transféré", "mensaje reenviado"],
  ...["messaggio inoltrato", "doorgestuurd bericht", "пересылаемое сообщение"],
];
const APPLE_FORWARD = [
  "begin forwarded message:",
  "anfang der weitergeleiteten nachricht:",
  "début du message réexpédié\\s?:",
];

/** Matches a line that separates a text from a quoted or forwarded mail. */
export const SEPARATOR = new RegExp(
  `^(?:-{2,}\\s*${toAlternation(ORIGINAL_MESSAGE)}\\s*-{2,}|${toAlternation(APPLE_FORWARD)})$`,
  "i",
);

/**
 * Matches a line of underscores. Outlook writes it above a quoted header, and mailing lists above
 * their footer. People write it anywhere.
 */
export const DIVIDER = /^_{20,}$/;

/**
 * Matches a line of a mailing list's footer: an address, a link, or a text about the list or how to
 * unsubscribe.
 */
export const FOOTER_LINE =
  /^(?:\S{1,200}@\S{1,200}|<?https?:\/\/\S+|.{0,100}(?:mailing list|unsubscribe).{0,200})$/i;

const FROM_NAMES = [
  ...["from", "von", "de", "da", "van", "från", "fra", "lähettäjä", "od", "kimden", "от", "від"],
  ...["发件人", "寄件者", "差出人", "보낸 사람"],
];
const TO_NAMES = [
  ...["to", "an", "à", "para", "a", "aan", "till", "til", "vastaanottaja", "do", "komu", "kime"],
  ...["кому", "收件人", "收件者", "宛先", "받는 사람"],
];
const SENT_NAMES = [
  ...["sent", "gesendet", "envoyé", "enviado(?: el| em)?", "inviato", "verzonden", "skickat"],
  ...["sendt", "lähetetty", "wysłan[eo]", "odesláno", "gönderil(?:di|me tarihi)", "отправлено"],
  ...["надіслано", "发送时间", "发送日期", "寄件日期", "送信日時", "보낸 날짜"],
];
const DATE_NAMES = [
  ...["date", "datum", "fecha", "data", "dato", "päiväys", "tarih", "дата", "日期", "日付", "날짜"],
];
const SUBJECT_NAMES = [
  ...["subject", "betreff", "objet", "asunto", "assunto", "oggetto", "onderwerp", "ämne", "emne"],
  ...["aihe", "temat", "předmět", "konu", "тема", "主题", "主旨", "件名", "제목"],
];

const toFieldPattern = (names: readonly string[]) =>
  new RegExp(`^\\*?${toAlternation(names)}\\s?\\*?\\s?[:：]`, "iu");

/** Patterns for the fields of a quoted header. The first field is always From. */
export const HEADER_FIELDS = {
  from: toFieldPattern(FROM_NAMES),
  to: toFieldPattern(TO_NAMES),
  sent: toFieldPattern(SENT_NAMES),
  date: toFieldPattern(DATE_NAMES),
  subject: toFieldPattern(SUBJECT_NAMES),
};
/** Matches any line of a header that mail programs write above a quotation. */
export const HEADER_LINE = /^\*?[\p{L}][\p{L}\s-]{0,20}\*?\s?[:：]/u;

const SENT_FROM_WORDS = [
  ...["sent (?:from|via|with|using)", "get outlook for", "von meinem .{1,30} gesendet"],
  ...[
    "gesendet (?:von|mit|aus)",
    "envoyé (?:de|depuis|à partir|avec)",
    "enviado (?:desde|do|de|com)",
  ],
  ...[
    "inviato (?:da|dal|con)",
    "(?:verzonden|verstuurd) (?:vanaf|met)",
    "skickat från",
    "sendt fra",
  ],
  ...["lähetetty", "wysłan[eo] z", "отправлено (?:с|из|через)"],
  ...["iPhoneから送信", "发自我的", "내 iPhone에서"],
];
const DEVICES = [
  ...[
    "iphone",
    "ipad",
    "ipod",
    "ios",
    "macbook",
    "apple",
    "android",
    "samsung",
    "galaxy",
    "huawei",
  ],
  ...["xiaomi", "redmi", "pixel", "nokia", "motorola", "sony", "oneplus", "blackberry", "windows"],
  ...["outlook", "e?mail", "gmail", "yahoo", "proton", "aol", "gmx", "hotmail", "thunderbird"],
  ...["(?:smart|mobile |cell)?phone", "mobile?", "tablet", "device", "handy", "téléphone", "móvil"],
  ...["celular", "telefoon", "telefono", "telefon", "手机"],
];

const SENT_FROM = new RegExp(`^${toAlternation(SENT_FROM_WORDS)}`, "i");
const DEVICE = new RegExp(`(?<!\\p{L})${toAlternation(DEVICES)}(?!\\p{L})|送信|iPhone에서`, "iu");

/**
 * Returns whether a phone added this line, such as "Sent from my iPhone". The line must be short
 * and name a device.
 */
export const isSentFrom = (line: string): boolean =>
  line.length < 100 &&
  SENT_FROM.test(line) &&
  DEVICE.test(line) &&
  !/[?!]/.test(line) &&
  line.split(" ").length <= 9;
