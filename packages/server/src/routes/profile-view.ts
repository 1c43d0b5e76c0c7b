import { type AliasWord, identifierOf, type Node, type Person } from '@selfsame/identity';
import type { ProfileView } from '../api.ts';
import { iso } from './iso.ts';

/** The directory's profiles of a person: each with what it is looked up by, and the aliases it was part of. */
export function profilesOf(person: Person): readonly ProfileView[] {
  const own = person.holdings.filter(({ node, only }) => only === undefined && node.id.kind === 'mpid');
  return [...new Set(own.map(({ node }) => node))].map(profileView);
}

const profileView = ({ id, record, aliases }: Node): ProfileView => ({
  mpid: id.value,
  record: record.map(({ key, since }) => ({ ...identifierOf(key), since: iso(since) })),
  aliases: aliases.map(aliasView),
});

/** `to` of a word is exclusive; people and the vendor count it in. */
const aliasView = ({ part, other, from, to, shownFrom }: AliasWord): ProfileView['aliases'][number] => ({
  part,
  mpid: identifierOf(other).value,
  from: iso(from),
  to: iso(to - 1),
  shownFrom: iso(shownFrom),
});
