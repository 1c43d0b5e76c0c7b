import { expect, it } from 'vitest';
import { checksum } from '../src/disk/checksum.ts';
import { decodeEvidence, type EvidenceRow } from '../src/graph/evidence-table.ts';
import { isWhole, type MovedRow } from '../src/graph/moved-table.ts';
import { decodeNode, type NodeRow } from '../src/graph/node-row.ts';

/** A row of each table of the graph, whole, and what reads it: true where it is believed. */
const node = { number: 1, project: 'p', key: 'user:a', person: 'x', body: '{"claims":[]}' };
const evidence = { number: 1, sort: 'a', through: 2, part: 0, first: '[1,""]', body: '[]' };
const moved = { project: 'p', change: 1, number: 2 };
const isRead = (decode: () => unknown): boolean => {
  try {
    decode();
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'store/corrupt') throw error;
    return false;
  }
};
const tables = [
  ['nodes', node, (row: object) => isRead(() => decodeNode(row as NodeRow))],
  ['evidence', evidence, (row: object) => isRead(() => decodeEvidence(row as EvidenceRow))],
  ['moved', moved, (row: object) => isWhole(row as MovedRow)],
] as const;

it.each(tables)('a row of %s is believed whole, and with no cell changed (G3)', (_table, cells, isBelieved) => {
  const row = { ...cells, crc: checksum(...Object.values<string | number>(cells)) };
  expect(isBelieved(row)).toBe(true);
  for (const [name, value] of Object.entries(row)) {
    const other = typeof value === 'number' ? value + 1 : ` ${value}`;
    expect(isBelieved({ ...row, [name]: other }), name).toBe(false);
  }
});
