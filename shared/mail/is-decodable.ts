/**
 * Whether every percent sign begins a valid escape of UTF-8 (RFC 3986, 2.1), so that the text can
 * be decoded.
 */
export function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
