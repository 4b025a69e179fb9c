/**
 * What the Worker uses of Node's crypto, under the compatibility flag `nodejs_compat`. The whole types
 * of Node would put theirs in place of the Worker's own Request and Response.
 */
declare module "node:crypto" {
  export function scrypt(
    password: string,
    salt: Uint8Array,
    keyLength: number,
    cost: { N: number; r: number; p: number },
    done: (error: Error | null, key: Uint8Array) => void,
  ): void;
  export function timingSafeEqual(a: Uint8Array, b: Uint8Array): boolean;
}
