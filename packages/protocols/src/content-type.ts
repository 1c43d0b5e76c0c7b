/**
 * Is a body of this type read as JSON? Pages send text where they want no preflight, and some clients say nothing; a
 * form is never a message (S24).
 */
export const isJsonOrText = (type: string | undefined): boolean =>
  type === undefined || /^\s*(application\/json|text\/plain)\s*(;|$)/i.test(type);
