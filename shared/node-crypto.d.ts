/** The part of Node's crypto that `digest.ts` uses. All runtimes of the product have it. */
declare module "node:crypto" {
  interface Hash {
    update(part: string | Uint8Array): Hash;
    digest(): Uint8Array;
  }
  export function createHash(algorithm: string): Hash;
  export function createHmac(algorithm: string, key: Uint8Array): Hash;
}
