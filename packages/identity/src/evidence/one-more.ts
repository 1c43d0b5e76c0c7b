/**
 * A list with one more at its end, and no larger than that: a literal (`[...list, one]`) has room for sixteen others, which
 * in a graph of short lists that live long is a tenth of all memory.
 */
export const withOneMore = <T>(list: readonly T[], one: T): readonly T[] => list.toSpliced(list.length, 0, one);
