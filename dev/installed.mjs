/**
 * @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} LockFile
 */

/**
 * Returns whether node_modules matches the lock file. npm writes node_modules/.package-lock.json
 * only at the end of an installation, so the file is missing if the installation was interrupted.
 *
 * @param {LockFile} wanted package-lock.json
 * @param {LockFile | undefined} found node_modules/.package-lock.json
 * @returns {boolean}
 */
export function isInstalled(wanted, found) {
  if (found === undefined) return false;
  const there = found.packages ?? {};
  const locked = wanted.packages ?? {};
  // The entry with an empty path is the project itself.
  const missing = Object.entries(locked).some(([path, { version, optional }]) => {
    if (path === "") return false;
    // An optional package may be for another platform.
    return there[path] === undefined ? optional !== true : there[path].version !== version;
  });
  return !missing && Object.keys(there).every((path) => path in locked);
}
