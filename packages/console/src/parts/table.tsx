import { ClipboardCheck, ClipboardCopy, Download } from 'lucide-react';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { type Cell, csvOf, saveFile, tsvOf } from './export.ts';

export interface Column<Row> {
  readonly head: string;
  /** What is shown. */
  readonly cell: (row: Row) => ReactNode;
  /** What leaves as CSV or by the clipboard: numbers as numbers. Default: `cell`, where that is a text. */
  readonly value?: (row: Row) => Cell;
  /** What is done with a row, which nobody takes along. */
  readonly isAction?: boolean;
  readonly numeric?: boolean;
  /** A head that sorts: which way the rows stand by it now, and what a click asks for. */
  readonly sort?: { readonly now: 'ascending' | 'descending' | 'none'; readonly onSort: () => void };
}

/** Where many answers stand beside one another, a table is folded below its chart. */
export const BriefTables = createContext(false);

/** An answer as a table: what the chart shows, for those who read rather than look, to take along as CSV or copied. */
export function Table<Row>({
  caption,
  columns,
  rows,
  keyOf,
  fileName,
}: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row, index: number) => string;
  /** Without its ending. Absent: the table stays here. */
  fileName?: string;
}) {
  const brief = useContext(BriefTables);
  const table = (
    <div className="table">
      {fileName !== undefined && rows.length > 0 && <TakeAlong columns={columns} rows={rows} fileName={fileName} />}
      {/* biome-ignore lint/a11y/useSemanticElements: no set of controls, and no landmark either: a page has many */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard */}
      <div className="table-scroll" role="group" tabIndex={0} aria-label={caption}>
        <table>
          <caption className="visually-hidden">{caption}</caption>
          <thead>
            <tr>
              {columns.map(({ head, numeric, sort }) => (
                <th key={head} scope="col" className={numeric ? 'number' : undefined} aria-sort={sort?.now}>
                  {sort === undefined ? (
                    head
                  ) : (
                    <button type="button" className="sort" onClick={sort.onSort}>
                      {head}
                      <span aria-hidden>{{ ascending: ' ↑', descending: ' ↓', none: '' }[sort.now]}</span>
                    </button>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={keyOf(row, index)}>
                {columns.map(({ head, cell, numeric }, place) =>
                  place === 0 ? (
                    <th key={head} scope="row" className={numeric ? 'number' : undefined}>
                      {named(cell(row))}
                    </th>
                  ) : (
                    <td key={head} className={numeric ? 'number' : undefined}>
                      {cell(row)}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
  return brief ? (
    <details>
      <summary>{caption}</summary>
      {table}
    </details>
  ) : (
    table
  );
}

/** A row is called something, also where its name is blank. */
const named = (cell: ReactNode): ReactNode => (typeof cell === 'string' && cell.trim() === '' ? '(blank)' : cell);

function TakeAlong<Row>({
  columns,
  rows,
  fileName,
}: {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  fileName: string;
}) {
  const [copied, setCopied] = useState(false);
  const taken = columns.filter(({ isAction }) => isAction !== true);
  const heads = taken.map(({ head }) => head);
  const cells = () => rows.map((row) => taken.map((column) => cellOf(column, row)));
  const copy = () =>
    navigator.clipboard.writeText(tsvOf(heads, cells())).then(
      () => {
        setCopied(true);
        setTimeout(() => setCopied(false), 1_500);
      },
      () => setCopied(false),
    );
  return (
    <p className="take-along">
      <button type="button" className="button button-quiet" onClick={() => void copy()}>
        {copied ? <ClipboardCheck size={15} aria-hidden /> : <ClipboardCopy size={15} aria-hidden />}
        {copied ? 'Copied' : 'Copy'}
      </button>
      <button
        type="button"
        className="button button-quiet"
        onClick={() => saveFile(`${fileName}.csv`, csvOf(heads, cells()))}
      >
        <Download size={15} aria-hidden /> CSV
      </button>
    </p>
  );
}

function cellOf<Row>({ value, cell }: Column<Row>, row: Row): Cell {
  if (value !== undefined) return value(row);
  const shown = cell(row);
  return typeof shown === 'string' || typeof shown === 'number' ? shown : null;
}
