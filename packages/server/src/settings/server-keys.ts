import { hash, randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Instant, ProjectId } from '@selfsame/identity';
import { writeWhole } from './whole-file.ts';

/** A server key of a project, beside that of the settings file. What is kept does not open anything (S3). */
export interface ServerKey {
  /** Tells it from every other, also from one that had its name before. */
  readonly id: string;
  readonly name: string;
  /** Of {@link digestOf}. */
  readonly digest: string;
  /** ISO 8601 */
  readonly made: string;
}

/** What `keys.json` of a data directory says of a project. */
export interface KeysOfProject {
  readonly keys: readonly ServerKey[];
  /**
   * Digests of keys and signing secrets of the settings file that are good for nothing any more. Other values put
   * there are not among them.
   */
  readonly withdrawn: readonly string[];
}

/** The keys of a running server. */
export interface ServerKeys {
  /** The project a digest opens, and the id of the key. */
  find(digest: string): { readonly project: ProjectId; readonly id: string } | undefined;
  /** Is the key of this id a project's still? */
  holds(project: ProjectId, id: string): boolean;
  /** Is the settings file's key, or signing secret, of this digest revoked? */
  isWithdrawn(project: ProjectId, digest: string): boolean;
}

type Kept = ReadonlyMap<ProjectId, KeysOfProject>;

/** How long what was read is believed, ms: well below the five seconds after which a revoked key opens nothing. */
const BELIEVED = 1_000;

const none: KeysOfProject = { keys: [], withdrawn: [] };

/** What a key is looked up by. A key has 256 random bits, so nothing slower would keep it better. */
export const digestOf = (key: string): string => hash('sha256', key, 'base64');

/** The same of a signing secret: to revoke one revokes no server key that happens to be the same text. */
export const digestOfSigning = (secret: string): string => digestOf(`signing\n${secret}`);

/** The keys and withdrawals of a project. @throws Error when `keys.json` is there and cannot be read. */
export const serverKeysOf = (directory: string, project: ProjectId): KeysOfProject =>
  read(fileOf(directory)).get(project) ?? none;

/**
 * Makes a key and keeps its digest: nobody can show the key again. A running server takes it within a second.
 * @throws Error when there is one of this name.
 */
export function addServerKey(directory: string, project: ProjectId, name: string, now: Instant): string {
  const key = `srv_${randomBytes(32).toString('base64url')}`;
  change(directory, project, ({ keys, withdrawn }) => {
    if (keys.some((one) => one.name === name)) throw new Error(`there is a key "${name}": take another name`);
    const made = { id: randomBytes(9).toString('base64url'), name, digest: digestOf(key) };
    return { keys: [...keys, { ...made, made: new Date(now).toISOString() }], withdrawn };
  });
  return key;
}

/** Takes a key away, which a running server sees within a second. @throws Error when there is none of this name. */
export function revokeServerKey(directory: string, project: ProjectId, name: string): void {
  change(directory, project, ({ keys, withdrawn }) => {
    const left = keys.filter((one) => one.name !== name);
    if (left.length === keys.length) throw new Error(`there is no key "${name}"`);
    return { keys: left, withdrawn };
  });
}

/** Takes from the settings file's key what it opens; what is derived from it stays. */
export const withdrawSettingsKey = (directory: string, project: ProjectId, key: string): void =>
  withdraw(directory, project, digestOf(key));

/** Signatures under a signing secret of the settings file are wrong from within a second on. */
export const withdrawSigningSecret = (directory: string, project: ProjectId, secret: string): void =>
  withdraw(directory, project, digestOfSigning(secret));

function withdraw(directory: string, project: ProjectId, digest: string): void {
  change(directory, project, ({ keys, withdrawn }) => ({
    keys,
    withdrawn: [...withdrawn.filter((one) => one !== digest), digest],
  }));
}

/**
 * `keys.json` as it is now: looked at again when a key is asked for, once a second. One that cannot be read while the
 * server runs is told of and leaves what was.
 * @param clock ms @throws Error when it cannot be read at the start.
 */
export function watchServerKeys(
  directory: string,
  clock: () => Instant,
  onUnreadable: (error: unknown) => void,
): ServerKeys {
  const file = fileOf(directory);
  let stamp = stampOf(file);
  let kept = read(file);
  let byDigest = digestsOf(kept);
  let looked = clock();

  function now(): Kept {
    // A clock that steps back is a reason to look, too.
    if (Math.abs(clock() - looked) < BELIEVED) return kept;
    looked = clock();
    const found = stampOf(file);
    if (found === stamp) return kept;
    stamp = found;
    try {
      kept = read(file);
      byDigest = digestsOf(kept);
    } catch (error) {
      onUnreadable(error);
    }
    return kept;
  }

  return {
    find(digest) {
      now();
      return byDigest.get(digest);
    },
    holds: (project, id) =>
      now()
        .get(project)
        ?.keys.some((one) => one.id === id) ?? false,
    isWithdrawn: (project, digest) => now().get(project)?.withdrawn.includes(digest) ?? false,
  };
}

/** Of a process that opens nothing to anybody. */
export const noServerKeys: ServerKeys = { find: () => undefined, holds: () => false, isWithdrawn: () => false };

const fileOf = (directory: string): string => join(directory, 'keys.json');

const digestsOf = (kept: Kept) =>
  new Map([...kept].flatMap(([project, { keys }]) => keys.map(({ digest, id }) => [digest, { project, id }] as const)));

/** Another text whenever the file is another or has another owner. */
function stampOf(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
}

function change(directory: string, project: ProjectId, by: (before: KeysOfProject) => KeysOfProject): void {
  const file = fileOf(directory);
  const kept = new Map(read(file));
  kept.set(project, by(kept.get(project) ?? none));
  writeWhole(file, { version: 1, projects: Object.fromEntries(kept) });
}

function read(file: string): Kept {
  try {
    const { projects } = JSON.parse(readFileSync(file, 'utf8')) as { projects: Record<string, KeysOfProject> };
    return new Map(Object.entries(projects).map(([id, { keys, withdrawn }]) => [id, { keys, withdrawn }]));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw new Error(`${file} cannot be read: restore it, or delete it and make the keys of backends anew.`);
  }
}
