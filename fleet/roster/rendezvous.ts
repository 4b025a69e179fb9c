/**
 * Rendezvous (highest random weight) hashing with bounded load. All processes that know the same
 * users and instances compute the same owners, without a coordinator. When one of n instances joins
 * or leaves, only about 1/n of the users move.
 *
 * In this file, users are keys and instances are bins. Each name is hashed once. The score of a key
 * and a bin then costs one call of `mix()`.
 *
 * Source: Thaler & Ravishankar, "Using name-based mappings to increase hit rates", IEEE/ACM ToN
 * 6(1), 1998.
 */

/**
 * Hashes a name: FNV-1a over its UTF-16 units, then the finaliser of murmur3. Similar names get
 * very different hashes. Not for secrets.
 */
export function hashName(name: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  return mix(h);
}

function mix(h: number): number {
  let x = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

export interface Bin {
  id: string;
  /** The maximum number of keys in the bin. */
  capacity: number;
}

/** The owner of each key, and the data for updating the owners when the bins have changed. */
export interface Owners {
  /** `hashName()` of each key, in an order that is the same in every process. */
  keys: Uint32Array;
  /** The bins, sorted by id. */
  bins: readonly Bin[];
  /** The owner of each key, as an index into `bins`; −1 if all bins are full. */
  owners: Int32Array;
  /**
   * The owner's score for each key. Null if a bin was full, because the highest score then did not
   * always decide.
   */
  scores: Uint32Array | null;
}

/**
 * Assigns an owner to each key: the bin with the highest score among those that are not full. If
 * scores are equal, the first bin.
 *
 * @param previous Owners of the same keys among nearly the same bins. With them, only the keys that
 *   move are computed.
 */
export function assignOwners(keys: Uint32Array, bins: readonly Bin[], previous?: Owners): Owners {
  const scores = previous?.keys === keys ? previous.scores : null;
  const free = previous && scores ? updateFree(previous, scores, bins) : assignFree(keys, bins);
  return fits(free.owners, bins) ? free : assignBounded(keys, bins);
}

/** Returns the owner of one key among bins without limits. */
export function chooseOwner(key: string, ids: readonly string[]): string | undefined {
  const bins = ids.map((id) => ({ id, capacity: Infinity }));
  return ids[assignOwners(Uint32Array.of(hashName(key)), bins).owners[0] ?? -1];
}

const toSeeds = (bins: readonly Bin[]) => Uint32Array.from(bins, (bin) => hashName(bin.id));

function assignFree(keys: Uint32Array, bins: readonly Bin[]) {
  const owners = new Int32Array(keys.length).fill(-1);
  const scores = new Uint32Array(keys.length);
  const seeds = toSeeds(bins);
  for (let k = 0; k < keys.length; k++) choose(k, keys[k] ?? 0, seeds, owners, scores);
  return { keys, bins, owners, scores };
}

function choose(
  k: number,
  key: number,
  seeds: Uint32Array,
  owners: Int32Array,
  scores: Uint32Array,
) {
  let owner = -1;
  let best = -1;
  for (let b = 0; b < seeds.length; b++) {
    const score = mix(key ^ (seeds[b] ?? 0));
    if (score > best) {
      best = score;
      owner = b;
    }
  }
  owners[k] = owner;
  scores[k] = Math.max(best, 0);
}

/**
 * Assigns new owners to the keys of bins that left. Each bin that joined gets the keys for which it
 * scores highest.
 */
function updateFree(previous: Owners, previousScores: Uint32Array, bins: readonly Bin[]) {
  const { keys } = previous;
  const places = new Map(bins.map(({ id }, place) => [id, place]));
  const moved = Int32Array.from(previous.bins, ({ id }) => places.get(id) ?? -1);
  const known = new Set(previous.bins.map(({ id }) => id));
  const joined = bins.flatMap(({ id }, place) => (known.has(id) ? [] : [place]));
  const seeds = toSeeds(bins);
  const owners = previous.owners.map((owner) => moved[owner] ?? -1);
  const scores = previousScores.slice();
  for (let k = 0; k < keys.length; k++) {
    const key = keys[k] ?? 0;
    if (owners[k] === -1) {
      choose(k, key, seeds, owners, scores);
      continue;
    }
    for (const place of joined) {
      const score = mix(key ^ (seeds[place] ?? 0));
      const best = scores[k] ?? 0;
      if (score > best || (score === best && place < (owners[k] ?? 0))) {
        owners[k] = place;
        scores[k] = score;
      }
    }
  }
  return { keys, bins, owners, scores };
}

function fits(owners: Int32Array, bins: readonly Bin[]): boolean {
  const loads = new Float64Array(bins.length);
  for (const owner of owners) if (owner >= 0) loads[owner] = (loads[owner] ?? 0) + 1;
  return bins.every(({ capacity }, place) => (loads[place] ?? 0) <= capacity);
}

/** Assigns keys in order. A key whose best bin is full goes to its next best one. */
function assignBounded(keys: Uint32Array, bins: readonly Bin[]): Owners {
  const seeds = toSeeds(bins);
  const room = Float64Array.from(bins, (bin) => bin.capacity);
  const owners = new Int32Array(keys.length).fill(-1);
  for (let k = 0; k < keys.length; k++) {
    const key = keys[k] ?? 0;
    let owner = -1;
    let best = -1;
    for (let b = 0; b < seeds.length; b++) {
      const score = mix(key ^ (seeds[b] ?? 0));
      if (score > best && (room[b] ?? 0) > 0) {
        best = score;
        owner = b;
      }
    }
    owners[k] = owner;
    if (owner >= 0) room[owner] = (room[owner] ?? 0) - 1;
  }
  return { keys, bins, owners, scores: null };
}
