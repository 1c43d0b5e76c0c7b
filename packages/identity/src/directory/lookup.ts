import type { Graph, Node } from '../evidence/graph.ts';
import { firstTold, lastTold } from '../evidence/sightings.ts';
import { type Identifier, type IdentifierKey, keyOf, type Trust } from '../words/ids.ts';
import type { DirectoryAnswer } from '../words/verdict.ts';
import { holdersOf, holds, isKnownProfile, profileKey, valuesOf } from './record.ts';
import type { DirectoryPolicy } from './settings.ts';

type Candidate = DirectoryAnswer['candidates'][number];

/** What is looked for, and among whom. */
export interface Question {
  readonly ids: readonly Identifier[];
  /** `known`: only known profiles ([R4], D7) · `anonymous`: only anonymous ones (logout). */
  readonly among: 'all' | 'known' | 'anonymous';
  /** Of whoever asks. */
  readonly trust: Trust;
  /** MPID the client had before: breaks a tie (D1). */
  readonly previous?: string | undefined;
}

export interface Found {
  readonly profile: Node | undefined;
  /** Everyone who was looked at, in order, with why they were taken or passed over. */
  readonly candidates: readonly Candidate[];
}

/**
 * [R3] Finds the profile a set of identifiers means: down the priority list, the first kind that eligible profiles hold
 * gives the candidates, each later one narrows them where it overlaps.
 * Source: mParticle's documentation of IDSync, identity lookup.
 */
export function lookUp(graph: Graph, directory: DirectoryPolicy, question: Question): Found {
  const candidates = new Map<IdentifierKey, Candidate>();
  const eligible = (node: Node): boolean => {
    const seen = candidates.get(node.key);
    if (seen !== undefined) return seen.verdict === 'taken';
    const why = whyNot(directory, question, node);
    candidates.set(node.key, {
      mpid: node.id.value,
      verdict: why === undefined ? 'taken' : 'passed',
      ...(why ?? { rule: 'R3', reason: 'its record holds an identifier of the request' }),
    });
    return why === undefined;
  };
  let left: readonly Node[] = [];
  for (const kind of directory.priority) {
    for (const id of question.ids) {
      if (id.kind !== kind) continue;
      const here = heldByTrust(holdersOf(graph, keyOf(id)).filter(eligible), keyOf(id), question.trust);
      if (left.length === 0) left = here;
      else if (left.length > 1) {
        const both = left.filter((node) => here.some((other) => other.key === node.key));
        if (both.length > 0) left = both;
      }
    }
  }
  const profile = left.length < 2 ? left[0] : mostLikely(left, question);
  const passed = (one: Candidate): Candidate =>
    one.verdict === 'taken' && one.mpid !== profile?.id.value
      ? { ...one, verdict: 'passed', rule: 'R3', reason: 'another profile matched better' }
      : one;
  return { profile, candidates: [...candidates.values()].map(passed) };
}

/**
 * [S10] Of the profiles that hold an identifier those to which somebody as trusted as the asker gave it, if there are any:
 * no page leads a backend's question to another profile.
 */
function heldByTrust(holders: readonly Node[], key: IdentifierKey, trust: Trust): readonly Node[] {
  if (trust === 0 || holders.length < 2) return holders;
  const told = holders.filter(({ record }) => record.some((one) => one.key === key && one.trust >= trust));
  return told.length > 0 ? told : holders;
}

/** [R4] Why a profile may not answer this request, although its record holds one of the identifiers. */
function whyNot(
  directory: DirectoryPolicy,
  question: Question,
  node: Node,
): Pick<Candidate, 'rule' | 'reason'> | undefined {
  const known = isKnownProfile(directory, node);
  if (question.among === 'known' && !known)
    return { rule: 'R4', reason: 'it is anonymous, and this strategy lets a login reach known profiles only' };
  if (question.among === 'anonymous' && known)
    return { rule: 'R4', reason: 'it is known, and a logout goes to an anonymous profile' };
  if (!known) return undefined;
  const logins = question.ids.filter((id) => directory.loginIds.includes(id.kind));
  if (!logins.some((id) => holds(node, keyOf(id))))
    return { rule: 'R4', reason: 'it is known, and the request carries none of its login identifiers' };
  // D4: a shared e-mail must not pull a login with another customer id into the first customer's profile.
  for (const kind of directory.priority) {
    const asked = logins.filter((id) => id.kind === kind);
    if (asked.length === 0 || valuesOf(node, kind).length === 0) continue;
    return asked.some((id) => holds(node, keyOf(id)))
      ? undefined
      : { rule: 'R4', reason: `its ${kind} is another than the one in the request` };
  }
  return undefined;
}

/**
 * D1: the profile the client had, else the one most recently seen, else the newest. [S10] Who is trusted more than a page
 * is led by no page's sightings: first comes whom somebody as trusted named, and it was seen when the most trusted say.
 */
function mostLikely(nodes: readonly Node[], { previous, trust }: Question): Node | undefined {
  const before = previous === undefined ? undefined : profileKey(previous);
  const named = (node: Node): number => Math.min(node.trust, trust);
  const seen = trust === 0 ? ({ lastSeen }: Node) => lastSeen : lastTold;
  const made = trust === 0 ? ({ met }: Node) => met.position : firstTold;
  return (
    nodes.find((node) => node.key === before) ??
    nodes.toSorted((a, b) => named(b) - named(a) || seen(b) - seen(a) || made(b) - made(a))[0]
  );
}
