import { useMemo } from 'react';
import type { PersonGraphAnswer } from '../../api/shapes.ts';
import { keyOf, layoutOf, nameOf } from './layout.ts';

type Link = PersonGraphAnswer['links'][number];

/** More names than these cover one another; the list has them all. */
const mostNamed = 60;

const hues: Readonly<Record<PersonGraphAnswer['nodes'][number]['role'], number>> = {
  login: 0,
  profile: 0,
  handle: 2,
  contact: 1,
  anonymous: 2,
  group: 4,
};

/**
 * The identifiers of a person and the `links` that made them one at a moment; `joined` are those that were one person
 * then. A click on a link chooses it; the list below does the same for the keyboard and the screen reader.
 */
export function Picture({
  graph,
  links,
  joined,
  chosen,
  onChoose,
}: {
  graph: PersonGraphAnswer;
  links: readonly Link[];
  joined: ReadonlySet<string>;
  chosen: Link | undefined;
  onChoose: (link: Link) => void;
}) {
  const layout = useMemo(() => layoutOf(graph), [graph]);
  const isNamed = graph.nodes.length <= mostNamed;
  return (
    // biome-ignore lint/a11y/useSemanticElements: no set of controls
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <div className="identity-frame" tabIndex={0} role="group" aria-label="Picture">
      <svg
        className={isNamed ? 'identity-picture' : 'identity-picture identity-nameless'}
        {...(isNamed ? { width: layout.width, height: layout.height } : {})}
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        role="img"
        aria-label="The identifiers and what joins them; the list below holds the same"
      >
        {links.map((link) => {
          const [a, b] = [layout.places.get(keyOf(link.from)), layout.places.get(keyOf(link.to))];
          if (a === undefined || b === undefined) return null;
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: a picture to assistive technology; the list has the button
            <g key={nameOf(link)} className="identity-link" onClick={() => onChoose(link)}>
              <line className="identity-hit" x1={a.x} y1={a.y} x2={b.x} y2={b.y} />
              <line
                className={
                  chosen !== undefined && nameOf(link) === nameOf(chosen)
                    ? 'identity-line identity-chosen'
                    : 'identity-line'
                }
                x1={a.x}
                y1={a.y}
                x2={b.x}
                y2={b.y}
              />
            </g>
          );
        })}
        {graph.nodes.map((node) => {
          const key = keyOf(node);
          const place = layout.places.get(key);
          if (place === undefined) return null;
          return (
            <g
              key={key}
              className={joined.has(key) ? `identity-node hue-${hues[node.role]}` : 'identity-node identity-apart'}
            >
              <circle cx={place.x} cy={place.y} r={key === keyOf(graph.founder) ? 10 : 7}>
                <title>{key}</title>
              </circle>
              {isNamed && (
                <text x={place.x} y={place.y + 20} textAnchor="middle">
                  {short(key)}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

const short = (text: string): string => (text.length > 22 ? `${text.slice(0, 21)}…` : text);
