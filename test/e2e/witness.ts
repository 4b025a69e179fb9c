/** Remembers secrets and texts, and finds secrets in the texts. */
export interface Witness {
  plant(name: string, secret: string): void;
  see(place: string, text: string): void;
  /** Returns `<name> in <place>` for each secret in each text that contains it. */
  leaks(): string[];
}

/** The minimum length of a secret: a shorter one could occur in a text by chance. */
const MIN_LENGTH = 12;

export function newWitness(): Witness {
  const planted = new Map<string, string>();
  const seen: { place: string; text: string }[] = [];
  return {
    plant(name, secret) {
      if (secret.length < MIN_LENGTH) throw new Error(`Cannot plant ${name}: it is too short`);
      planted.set(secret, name);
    },
    see: (place, text) => void seen.push({ place, text }),
    leaks: () => [
      ...new Set(
        [...planted].flatMap(([secret, name]) => {
          const forms = listForms(secret);
          return seen
            .filter(({ text }) => forms.some((form) => text.includes(form)))
            .map(({ place }) => `${name} in ${place}`);
        }),
      ),
    ],
  };
}

/** Returns the forms of a secret: unchanged, URL-encoded, in JSON, and inside any base64 text. */
function listForms(secret: string): string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.from(" ".repeat(offset) + secret).toString("base64url");
    // The first and last characters depend on the neighbouring bytes.
    return encoded.slice(offset === 0 ? 0 : offset + 1, -2);
  });
  const standard = base64.map((text) => text.replaceAll("-", "+").replaceAll("_", "/"));
  const escaped = JSON.stringify(secret).slice(1, -1);
  return [secret, encodeURIComponent(secret), escaped, ...base64, ...standard];
}
