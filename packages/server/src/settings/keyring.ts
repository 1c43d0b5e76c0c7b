import type { DerivePersonId, Policy, ProjectId, Rules, Trust } from '@selfsame/identity';
import { type Access, wires as allWires, type SigningSecret, type Wire } from '@selfsame/protocols';
import type { Project, Projects } from '../context.ts';
import type { PolicyFile } from '../policy/file.ts';
import { policyOf, today } from '../policy/overrides.ts';
import { hasOwnKey, madeOf, plainOf, settingsOfWire } from '../wires/spoken.ts';
import type { ProjectSettings } from './load.ts';
import { digestOf, digestOfSigning, noServerKeys, type ServerKeys } from './server-keys.ts';

/**
 * The projects of the settings file, found by id and by key; `keys` are the server keys made beside the file.
 * A secret is looked up by its digest, so that no comparison takes longer the more of it was guessed (S4).
 * Public keys stand in web pages; they are looked up as they are.
 */
export function createProjects(
  settings: readonly ProjectSettings[],
  derive: DerivePersonId,
  policies: Pick<PolicyFile, 'chosen' | 'keep' | 'begunWith'>,
  keys: ServerKeys = noServerKeys,
  spoken: readonly Wire[] = allWires,
): Projects {
  const all = settings.map((one) =>
    projectOf(
      one,
      policies.chosen.get(one.id) ?? policyOf(one.policy, policies.begunWith(one.id), madeOf(spoken, one)),
    ),
  );
  const byId = new Map(all.map((project) => [project.id, project]));
  const rules = new Map<ProjectId, Rules>(all.map(({ id, policy }) => [id, { policy, derive }]));
  // Entries of a project that has left the settings stay in the log and are folded by the default policy.
  const orphaned: Rules = { policy: today, derive };
  const digests = new Map(settings.map((one) => [one.id, digestOf(one.serverKey)]));
  const secrets = new Map([...digests].map(([id, digest]) => [digest, id]));
  const settingsById = new Map(settings.map((one) => [one.id, one]));
  const signing = new Map(settings.map((one) => [one.id, signingSecretsOf(one)]));

  const wires = new Map(spoken.map((wire) => [wire.name, wire]));
  const opened = new Map<string, WireKeys>();
  /** Made when a wire first asks. */
  function keysOf(name: string): WireKeys {
    let found = opened.get(name);
    if (found === undefined) opened.set(name, (found = wireKeys(wires.get(name), all, settingsById, spoken)));
    return found;
  }
  const isOpen = (id: ProjectId): boolean => {
    const own = digests.get(id);
    return own !== undefined && !keys.isWithdrawn(id, own);
  };
  /** Whose server key this is, and its id where it is not the settings file's. */
  function ownerOf(key: string): { readonly project: ProjectId; readonly id?: string } | undefined {
    const digest = digestOf(key);
    const project = secrets.get(digest);
    if (project === undefined) return keys.find(digest);
    return isOpen(project) ? { project } : undefined;
  }

  return {
    all,
    byId: (id) => byId.get(id),
    byBearer(token) {
      const owner = ownerOf(token);
      const owned = owner && byId.get(owner.project);
      if (owned !== undefined) return { project: owned, key: 'server' };
      const open = keysOf('native').open.get(token);
      const project = open && byId.get(open.project);
      return project && { project, key: 'public' };
    },
    rules: (id) => rules.get(id) ?? orphaned,
    spoken(id, preset) {
      const own = settingsById.get(id);
      return own === undefined ? preset : madeOf(spoken, own)(preset);
    },
    signingSecrets: (id) =>
      (signing.get(id) ?? []).flatMap(({ name, digest }) => (keys.isWithdrawn(id, digest) ? [] : [name])),
    choose(id, policy, word) {
      const at = all.findIndex((one) => one.id === id);
      const now = all[at];
      if (now === undefined) throw new Error('a policy was chosen for a project that does not exist');
      policies.keep(id, policy, word);
      const changed = { ...now, policy };
      all[at] = changed;
      byId.set(id, changed);
      rules.set(id, { policy, derive });
      // What a key opens names the policy.
      opened.clear();
    },
    publicKey: (wire, key) => keysOf(wire).open.get(plainOf(wires.get(wire), key)),
    serverKey(wire, key) {
      const owner = ownerOf(key);
      const access = owner && keysOf(wire).secret.get(owner.project);
      return access && (owner.id === undefined ? access : { ...access, keyId: owner.id });
    },
    holdsKey: (project, id) => (id === undefined ? isOpen(project) : keys.holds(project, id)),
  };
}

/** The signing secrets of a project's settings, and what each is revoked by. */
export const signingSecretsOf = ({
  signingSecret,
  previousSigningSecret,
}: Pick<ProjectSettings, 'signingSecret' | 'previousSigningSecret'>): readonly {
  readonly name: SigningSecret;
  readonly digest: string;
}[] => [
  { name: 'signing', digest: digestOfSigning(signingSecret) },
  ...(previousSigningSecret === undefined
    ? []
    : [{ name: 'previousSigning' as const, digest: digestOfSigning(previousSigningSecret) }]),
];

function projectOf(one: ProjectSettings, policy: Policy): Project {
  return {
    id: one.id,
    name: one.name ?? one.id,
    timeZone: one.timeZone,
    ...(one.currency === undefined ? {} : { currency: one.currency }),
    publicKey: one.publicKey,
    keys: Object.fromEntries(
      Object.entries(one.keys ?? {}).flatMap(([wire, key]) => (key === undefined ? [] : [[wire, key]])),
    ),
    ...(one.speaks === undefined ? {} : { speaks: one.speaks }),
    policy,
  };
}

interface WireKeys {
  /** By the key as the SDK shows it. */
  readonly open: ReadonlyMap<string, Access>;
  /** What a server key opens, by project. */
  readonly secret: ReadonlyMap<ProjectId, Access>;
}

function wireKeys(
  wire: Wire | undefined,
  projects: readonly Project[],
  settings: ReadonlyMap<ProjectId, ProjectSettings>,
  spoken: readonly Wire[],
): WireKeys {
  const open = new Map<string, Access>();
  const secret = new Map<ProjectId, Access>();
  if (wire === undefined) return { open, secret };
  for (const project of projects) {
    const own = settings.get(project.id) as ProjectSettings;
    const beside = spoken.flatMap((one) => (one.beside !== undefined && hasOwnKey(own, one) ? [one.beside] : []));
    const access = (trust: Trust): Access => ({
      project: project.id,
      name: project.name,
      publicKey: project.publicKey,
      trust,
      policy: project.policy,
      settings: settingsOfWire(own, wire),
      ...(beside.length === 0 ? {} : { beside }),
    });
    if (own.speaks !== undefined && !own.speaks.includes(wire.name)) continue;
    if (wire.keys?.own === 'must' && !hasOwnKey(own, wire)) continue;
    open.set(plainOf(wire, project.keys[wire.name] ?? project.publicKey), access(0));
    secret.set(project.id, access(2));
  }
  return { open, secret };
}
