import { counted } from '../evidence/changes-of-hands.ts';
import { saysOneMore } from '../evidence/claims.ts';
import type { Claim, Graph } from '../evidence/graph.ts';
import { placeOf } from '../evidence/halving.ts';
import type { Policy } from '../policy/policy.ts';
import type { IdentifierKey } from '../words/ids.ts';
import { areOfOne } from './among.ts';
import { isMuch } from './merged-much.ts';
import { type NodeOf, partsAmong, partsOf } from './merged-parts.ts';
import type { Fresh, Regrown } from './remembered.ts';
import {
  compareSaid,
  type Listed,
  listOf,
  mayPart,
  type Said,
  summary,
  type Together,
  withBetween,
  wordOf,
} from './together.ts';
import type { Open } from './words-between.ts';

/** Of so many new words all are put in order at once. */
const MANY = 64;

/** What was found before of the same identifiers, or of most of them; undefined where it is as well to look at all. */
export function regrown(graph: Graph, policy: Policy, nodeOf: NodeOf, told: Regrown): Together | undefined {
  const { known, members } = told;
  const [first, ...others] = known;
  const all = members ?? first.members;
  const isOfOne = first.isOfOne && areOfOne(nodeOf, all);
  // What they need not list says something beside another owner's.
  if (known.some((one) => one.isOfOne !== isOfOne)) return undefined;
  const more = told.fresh.map(({ node, was }) => node.claims.length - (was?.length ?? 0));
  const listed = [...known.map((one) => one.listed), ...more].reduce((sum, one) => sum + one, 0);
  if (known.some(({ isSome }) => isSome === true) || isMuch(policy, { members: all, isOfOne, listed }))
    return undefined;
  const parts = members === undefined ? first.parts : partsAmong(nodeOf, all);
  const news = told.fresh.map((one) => newsOf(policy, all, parts, one, isOfOne));
  const now = new Words(news);
  const isOwn = ({ claim: { owner } }: Said) => members !== undefined && owner !== null && members.has(owner);
  const isLeft = (one: Said): boolean => (now.isOf(one) ? now.take(one) : !isOwn(one));
  const isAsBefore = parts.every((part, i) => typeof part === 'string' && part === first.parts[i]);
  const here = placing(parts, isAsBefore ? first : undefined);
  const gone = new Set(first.said.filter((one) => !isLeft(one)));
  const come = others.flatMap(({ said }) => said.filter(isLeft).map(here));
  come.push(...now.rest());
  if (come.length > MANY && members === undefined) return undefined;
  const left = gone.size === 0 ? first.said : first.said.filter((one) => !gone.has(one));
  const words = withMore(isAsBefore ? left : left.map(here), come, (a, b) => compareSaid(policy, a, b));
  const most = known.reduce((sum, one) => sum + one.most, 0);
  let [said, open]: [readonly Said[], readonly Open[]] = [words, []];
  if (!isOfOne) {
    // What is among them to mark nobody's time ([K4]) would be taken for a word.
    if (said.length > most || known.some((one) => mayPart(policy, one))) return undefined;
    const before = new Map(isAsBefore ? [...gone].map((one) => [textOf(one), one]) : []);
    const opens = openAmong(known, news, now, here, isOwn);
    const found = withBetween(graph, policy, all, parts, said, opens, (like: Said, claim: Claim): Said => {
      const word = wordOf(like, claim);
      const again = before.get(textOf(word));
      if (again === undefined) come.push(word);
      else gone.delete(again);
      return again ?? word;
    });
    ({ said, open } = found);
  }
  const isFound = known.some((one) => one.isFound) || said.length > words.length;
  const together: Together = { members: all, parts, said, open, isOfOne, listed, isFound, most, ...summary(said) };
  // With another identifier among them another may be the strongest.
  const isParted = mayPart(policy, together);
  if (!isOfOne && isParted) return undefined;
  const isSame = members === undefined || (isAsBefore && !isParted);
  if (!isSame || come.length > MANY) return together;
  const before = { alike: first.alike, gone, come };
  return { ...together, before, ...(members === undefined ? { tops: first.tops } : {}) };
}

/** Words as they lie in the parts of now, each once; `asBefore`: its words are left as they are. */
function placing(parts: Together['parts'], asBefore: Together | undefined): (one: Said) => Said {
  const placed = new Map<Said, Said>();
  return (one) => {
    if (asBefore?.members.has(one.member) === true) return one;
    let there = placed.get(one);
    if (there === undefined) placed.set(one, (there = { ...one, partsOfMember: partsOf(parts, one.member) }));
    return there;
  };
}

/** Where something may lie still: between words that were known before, and among those that are told again. */
function openAmong(
  known: readonly Together[],
  news: readonly News[],
  now: Words,
  here: (one: Said) => Said,
  isOwn: (one: Said) => boolean,
): readonly Open[] {
  const stay = known.flatMap(({ open }) => open.filter(({ from }) => !now.isOf(from) && !isOwn(from)));
  const nowOf = (one: Said): Said => {
    const before = now.before(one);
    return before === undefined ? one : here(before);
  };
  return [
    ...stay.map(({ from, to }) => ({ from: here(from), to: here(to) })),
    ...news.flatMap(({ open }) => open.map(({ from, to }) => ({ from: nowOf(from), to: nowOf(to) }))),
  ];
}

interface News extends Listed {
  readonly member: IdentifierKey;
  /** One word more is said of it than before; else all that it lists is told again. */
  readonly isMore: boolean;
}

function newsOf(
  policy: Policy,
  all: Together['members'],
  parts: Together['parts'],
  { node, was }: Fresh,
  isOfOne: boolean,
): News {
  const list = listOf(policy, all, parts, node, isOfOne);
  const isMore =
    !isOfOne &&
    was !== undefined &&
    saysOneMore(node.claims, was) &&
    counted(policy, node.claims, true) === node.claims;
  if (!isMore) return { ...list, member: node.key, isMore };
  const last = list.said.at(-1);
  return { said: last?.claim === node.claims.at(-1) ? [last as Said] : [], open: [], member: node.key, isMore };
}

/** The new words of some identifiers, beside those known of them before. */
class Words {
  readonly #told: ReadonlySet<IdentifierKey>;
  readonly #words: Map<string, Said>;
  readonly #before = new Map<Said, Said>();

  constructor(news: readonly News[]) {
    this.#told = new Set(news.flatMap(({ member, isMore }) => (isMore ? [] : [member])));
    this.#words = new Map(news.flatMap(({ said }) => said).map((one) => [textOf(one), one]));
  }

  /** Is a word of an identifier that tells all again? */
  isOf({ member }: Said): boolean {
    return this.#told.has(member);
  }

  /** Is a word that was known told again? */
  take(known: Said): boolean {
    const text = textOf(known);
    const word = this.#words.get(text);
    if (word === undefined) return false;
    this.#before.set(word, known);
    return this.#words.delete(text);
  }

  /** A new word as it was known before. */
  before(word: Said): Said | undefined {
    return this.#before.get(word);
  }

  rest(): Iterable<Said> {
    return this.#words.values();
  }
}

/** A list in order with some more of them. */
function withMore<T>(list: readonly T[], more: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  if (more.length === 0) return list;
  if (more.length > MANY) return [...list, ...more].sort(compare);
  const all = [...list];
  for (const one of more)
    all.splice(
      placeOf(all, (other) => compare(other, one) < 0),
      0,
      one,
    );
  return all;
}

/** All that is read of a word, and of whom it was said. */
const textOf = ({ member, claim }: Said): string => {
  const { position, tie, time, owner, trust, since, refused, unverified, directory } = claim;
  return `${position} ${time} ${trust} ${since} ${refused} ${unverified} ${directory} ${owner} ${member} ${tie}`;
};
