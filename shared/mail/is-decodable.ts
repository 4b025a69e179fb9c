/** Whether its percent signs all begin an escape of UTF-8 (RFC 3986, 2.1), so that it may be decoded. */
export function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
