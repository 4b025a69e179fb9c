/** Stores secrets and texts, and searches the texts for the secrets. */
export interface Witness {
  plant(name: string, secret: string): void;
  see(place: string, text: string): void;
  /** Returns `<name> in <place>` for each secret that a text contains. */
  leaks(): string[];
}

/** A secret must be at least this long. A text could contain a shorter one by chance. */
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

/**
 * Returns the forms in which a text may contain the secret: plain, URL-encoded, JSON and base64.
 */
function listForms(secret: string): string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.from(" ".repeat(offset) + secret).toString("base64url");
    // Removes the characters that also encode bits of the neighbouring bytes, because those bytes
    // are not known.
    return encoded.slice(offset === 0 ? 0 : offset + 1, -2);
  });
  const standard = base64.map((text) => text.replaceAll("-", "+").replaceAll("_", "/"));
  const escaped = JSON.stringify(secret).slice(1, -1);
  return [secret, encodeURIComponent(secret), escaped, ...base64, ...standard];
}
