/**
 * The part of Node's crypto module that the Worker uses, with the compatibility flag
 * `nodejs_compat`. The complete types of Node would replace the Worker's types of Request and
 * Response.
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
