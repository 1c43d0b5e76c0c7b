import type { ClaimView, RetractionsAnswer, UndoneAnswer, UndoPreview } from '@selfsame/server';

/** A claim, and what was done to it. */
export function claimInWords({
  id,
  identifier,
  owner,
  type,
  at,
  source,
  stands,
  rule,
  reason,
  history,
}: ClaimView): string {
  const of = `${identifier.kind}:${identifier.value}`;
  const to = owner === null ? 'nobody' : `${owner.kind}:${owner.value}`;
  const lines = [
    `${id}: ${of} ${type === 'merge' ? 'is one with' : 'belongs to'} ${to}, said over ${source} at ${at}.`,
    stands ? `It stands [${rule}].` : `It does not stand [${rule}]: ${reason}.`,
    ...history.map((one) => `${one.at}  ${one.what}  by ${one.by}: ${one.reason}`),
  ];
  return lines.join('\n');
}

const entriesInWords = (n: number): string => `${n} ${n === 1 ? 'entry' : 'entries'}`;

/** What was taken back or put back, and how to undo it. */
export function doneInWords({ what, entries, held, position }: Exclude<UndoneAnswer, { dryRun: true }>): string {
  const isTaken = what === 'retract';
  const done = `${isTaken ? 'Taken back' : 'Put back'}: ${entriesInWords(entries)} of the log.`;
  const others = held === 0 ? '' : ` Another undo holds ${held} as well.`;
  return `${done}${others}${isTaken ? ` To put it back: selfsame claims restore --undo ${position}` : ''}`;
}

/** One line of the history, its reason below it. */
export function undoInWords(one: RetractionsAnswer['retractions'][number]): string {
  const { at, what, by, position, entries, holds, of, reason } = one;
  const done = of === null ? what : `${what} of ${of}`;
  const left = what === 'retract' && holds < entries ? `, ${holds === 0 ? 'put back' : `${holds} of them still`}` : '';
  return `${at}  ${position}  ${done}  ${entriesInWords(entries)}${left}  by ${by}\n    ${reason}`;
}

/** What would change, as sentences. */
export function previewInWords({ people, identifiers, events, traits, segments, consent }: UndoPreview): string {
  const span = events.first === null ? '' : `, from ${events.first} to ${events.last}`;
  const ofEvents = counted('event', [
    [events.moved, "would be another person's"],
    [events.gone, 'would be no more'],
    [events.back, 'would be there again'],
  ]);
  const changes = [
    ...some(people.split.length, "of today's people would be several", list(people.split)),
    ...some(people.joined.length, "of today's people would be one with another", list(people.joined)),
    ...counted('identifier', [
      [identifiers.moved, "would be another person's"],
      [identifiers.gone, "would be nobody's any more"],
      [identifiers.back, 'would be there again'],
    ]),
    ...ofEvents.map((line) => `${line}${span}`),
    ...traits.map(
      (one) =>
        `  ${one.personId}: ${one.name} is ${JSON.stringify(one.before)} and would be ${JSON.stringify(one.after)}`,
    ),
    ...segments.map((one) => `  ${one.personId} would ${one.enters ? 'enter' : 'leave'} ${one.segment}`),
    ...consent.map((one) => `  ${one.personId}: consent is ${one.before} and would be ${one.after}`),
  ];
  return changes.length === 0
    ? 'Nothing that anybody can see would change. Nothing was changed.'
    : ['This would change:', ...changes, 'Nothing was changed.'].join('\n');
}

const some = (n: number, what: string, which: string): readonly string[] => (n === 0 ? [] : [`  ${n} ${what}${which}`]);

/** `3 events would be another person's, 1 would be no more`, of what is not nothing. */
function counted(one: string, parts: readonly (readonly [n: number, what: string])[]): readonly string[] {
  const said = parts.filter(([n]) => n > 0);
  const [first, ...more] = said;
  if (first === undefined) return [];
  const line = `${first[0]} ${one}${first[0] === 1 ? '' : 's'} ${first[1]}`;
  return [`  ${[line, ...more.map(([n, what]) => `${n} ${what}`)].join(', ')}`];
}

const list = (people: readonly string[]): string =>
  people.length === 0 ? '' : `: ${people.slice(0, 5).join(', ')}${people.length > 5 ? ', …' : ''}`;
