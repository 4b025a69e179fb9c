import { Pool, type PoolClient, type PoolConfig } from "@neondatabase/serverless";

type Connected = (
  error: Error | undefined,
  client: PoolClient | undefined,
  release: (error?: unknown) => void,
) => void;

/**
 * A pool that calls `admit` before it connects. When `admit` rejects, the query rejects with the
 * same error.
 */
export class AdmittedPool extends Pool {
  readonly #admit: () => Promise<void>;

  constructor(options: PoolConfig, admit: () => Promise<void>) {
    super(options);
    this.#admit = admit;
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | void {
    const admitted = this.#admit();
    if (!callback) return admitted.then(() => super.connect());
    admitted.then(
      () => super.connect(callback),
      (error: Error) => callback(error, undefined, () => undefined),
    );
  }
}
