import { readFileSync } from 'node:fs';
import type { Policy, ProjectId } from '@selfsame/identity';
import { wires as allWires, type Wire } from '@selfsame/protocols';
import * as v from 'valibot';
import { goesByTime, policyOf, reachNeedsTime, today } from '../policy/overrides.ts';
import { madeOf, plainOf } from '../wires/spoken.ts';
import { ConfigError, sayIssue } from './problems.ts';
import { type ProjectSettings, type Settings, settingsSchema } from './schema.ts';
import type { Secrets } from './secrets.ts';

export { ConfigError } from './problems.ts';
export type { ProjectSettings, Settings } from './schema.ts';

/** The default that a project which names no preset began with. */
type BegunWith = (project: ProjectId) => Policy;

/** Reads and checks a settings file. @throws ConfigError with every problem at once. */
export function loadSettings(file: string, begunWith?: BegunWith, wires?: readonly Wire[]): Settings {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(file, [`cannot be read (${(error as NodeJS.ErrnoException).code}); check the path`]);
  }
  let json: unknown;
  try {
    // Editors of Windows begin a file with a byte order mark.
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // The parser's own message quotes the text around the fault, which may hold a secret.
    throw new ConfigError(file, ['is not JSON; check commas and quotes']);
  }
  return checkSettings(json, file, begunWith, wires);
}

/**
 * Checks settings of a server that speaks these wires; `source` names them in messages.
 * @throws ConfigError with every problem at once.
 */
export function checkSettings(
  json: unknown,
  source: string,
  begunWith: BegunWith = () => today,
  wires: readonly Wire[] = allWires,
): Settings {
  const result = v.safeParse(settingsSchema(wires), json);
  const projects = result.success ? result.output.projects : readableProjects(json);
  const problems = [
    ...(result.issues ?? []).map(sayIssue),
    ...repeated(projects, wires),
    ...(result.success
      ? result.output.projects.flatMap((one, i) => policyProblems(one, i, begunWith(one.id), wires))
      : []),
    ...(result.success ? result.output.projects.flatMap(connectionProblems) : []),
  ];
  if (problems.length > 0 || !result.success) throw new ConfigError(source, problems);
  return result.output;
}

/** Settings for a first look without a file: one project with keys of its own. */
export function defaultSettings(secrets: Secrets): Settings {
  const { publicKey, serverKey, signingSecret, xo } = secrets.demo;
  return checkSettings(
    { projects: [{ id: 'demo', name: 'Demo', publicKey, serverKey, signingSecret, keys: { xo } }] },
    'the default settings',
  );
}

type KeyFields = Partial<Pick<ProjectSettings, 'id' | 'publicKey' | 'serverKey' | 'keys' | 'speaks'>>;

/** What can be read of the projects of settings that have other problems. */
const readableProjects = (json: unknown): readonly KeyFields[] => {
  const projects = (json as { projects?: unknown } | null)?.projects;
  return Array.isArray(projects) ? projects.filter((one) => typeof one === 'object' && one !== null) : [];
};

/** Ids and keys that would open two projects. What opens a project at a wire counts there as it is looked up. */
function repeated(projects: readonly KeyFields[], wires: readonly Wire[]): readonly string[] {
  const problems: string[] = [];
  const look = (what: string, values: readonly (string | undefined)[], path: (i: number) => string) => {
    const first = new Map<string, number>();
    values.forEach((value, i) => {
      if (typeof value !== 'string') return;
      const before = first.get(value);
      if (before === undefined) first.set(value, i);
      else problems.push(`${path(i)}: is the ${what} of ${path(before)} again; give each project its own`);
    });
  };
  look(
    'id',
    projects.map((one) => one.id),
    (i) => `projects[${i}].id`,
  );
  const all = projects.flatMap((one) => [one.publicKey, one.serverKey]);
  look('key', all, (i) => `projects[${i >> 1}].${i % 2 === 0 ? 'publicKey' : 'serverKey'}`);
  for (const wire of wires) {
    if (wire.keys?.own === undefined) continue;
    // What other problems a key has is said elsewhere.
    const own = (one: KeyFields): unknown => one.keys?.[wire.name];
    const opens = (one: KeyFields): string | undefined => {
      const key = own(one) ?? (wire.keys?.own === 'may' ? one.publicKey : undefined);
      const speaks = !Array.isArray(one.speaks) || one.speaks.includes(wire.name);
      return speaks && typeof key === 'string' ? plainOf(wire, key) : undefined;
    };
    look('key', projects.map(opens), (i) =>
      own(projects[i] ?? {}) === undefined ? `projects[${i}].publicKey` : `projects[${i}].keys.${wire.name}`,
    );
  }
  return [...new Set(problems)];
}

function policyProblems(project: ProjectSettings, i: number, begun: Policy, wires: readonly Wire[]): readonly string[] {
  const policy = policyOf(project.policy, begun, madeOf(wires, project));
  const problems = wires.flatMap(({ name, whyNot }) => {
    const why = whyNot?.(policy);
    return why === undefined ? [] : [`projects[${i}].wires.${name}.${why.setting}: ${why.says}`];
  });
  if (!goesByTime(policy)) problems.push(`projects[${i}].policy: ${reachNeedsTime}`);
  return problems;
}

/** Connections that lead nowhere, and what two would decide. */
function connectionProblems({ connections, outputs }: ProjectSettings, i: number): readonly string[] {
  const seen = new Map<string, number>();
  return connections.flatMap(({ id, input, output }, j) => {
    const path = `projects[${i}].connections[${j}]`;
    const problems: string[] = [];
    if (!outputs.some((one) => one.id === output))
      problems.push(`${path}.output: is no output of this project; name one of its outputs`);
    for (const [key, what] of [
      [`id ${id}`, 'id'],
      [`${input} ${output}`, 'input and output'],
    ] as const) {
      const before = seen.get(key);
      if (before === undefined) seen.set(key, j);
      else problems.push(`${path}: has the ${what} of projects[${i}].connections[${before}] again; make them one`);
    }
    return problems;
  });
}
