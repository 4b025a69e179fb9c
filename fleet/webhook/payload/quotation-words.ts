/** How mail programs introduce what they quote, in the languages that they speak. */

const anyOf = (words: readonly string[]) => `(?:${words.join("|")})`;

const WROTE_VERBS = [
  ...["wrote", "schrieb", "écrit", "escribió", "ha scritto", "escreveu", "schreef", "skrev"],
  ...["kirjoitti", "napisał", "pisze", "napsal", "yazdı", "написал", "пишет", "пише", "έγραψε"],
];
const WROTE_ELSEWHERE = [
  ...["写道", "寫道", "のメッセージ", "書きました", "작성", "님이"],
  "\\d{4}年\\d{1,2}月\\d{1,2}日",
];

/** What a line above a quotation says: that somebody wrote. */
export const WROTE = new RegExp(`(?<!\\p{L})${anyOf(WROTE_VERBS)}|${anyOf(WROTE_ELSEWHERE)}`, "iu");

/** How such a line begins: with a preposition, a date, or a name and an address. */
export const OPENING =
  /^(?:(?:on|am|le|el|il|em|op|den|pe|w dniu|dnia|dne|в)\s|在|\d{1,4}[./年-]|[^<]{1,80}<\S+@)/i;

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

/** A line that parts a text from another mail, or from the footer of a list. */
export const SEPARATOR = new RegExp(
  `^(?:-{2,}\\s*${anyOf(ORIGINAL_MESSAGE)}\\s*-{2,}|${anyOf(APPLE_FORWARD)}|_{20,})$`,
  "i",
);

const FROM_NAMES = [
  ...["from", "von", "de", "da", "van", "från", "fra", "lähettäjä", "od", "kimden", "от", "від"],
  ...["发件人", "寄件者", "差出人", "보낸 사람"],
];

/** The first line of a header as Outlook writes it above a quotation. */
export const HEADER_FROM = new RegExp(`^\\*?${anyOf(FROM_NAMES)}\\s?\\*?\\s?[:：]`, "i");
/** Each other line of it. */
export const HEADER_LINE = /^\*?[\p{L}][\p{L}\s-]{0,20}\*?\s?[:：]/u;

const SENT_FROM_WORDS = [
  ...["sent from (?:my|outlook|mail|yahoo|proton|a )", "get outlook for"],
  ...["von meinem .{1,30} gesendet", "gesendet (?:von|mit)", "envoyé (?:de|depuis|à partir)"],
  ...["enviado desde", "enviado (?:do|de) meu", "inviato da", "verzonden vanaf", "verstuurd vanaf"],
  ...["skickat från", "sendt fra", "lähetetty", "wysłane z", "отправлено (?:с|из|через)"],
  ...["iPhoneから送信", "发自我的", "내 iPhone에서"],
];

/** What telephones put below a text. */
export const SENT_FROM = new RegExp(`^${anyOf(SENT_FROM_WORDS)}`, "i");
