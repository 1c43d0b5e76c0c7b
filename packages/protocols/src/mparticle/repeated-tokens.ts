import type { Json, JsonObject } from '@selfsame/identity';
import { isObject } from '../json/values.ts';
import { carriesToken } from '../token.ts';

/**
 * A batch without what a backend signed for a question to the directory: the vendor's clients say all their identities
 * again with every batch, and none of those texts is an identity.
 */
export function withoutTokens(batch: JsonObject): JsonObject {
  const { user_identities: identities } = batch;
  if (!isObject(identities) || !Object.values(identities).some(carriesToken)) return batch;
  const kept = Object.entries(identities).filter(([, value]) => !carriesToken(value));
  return { ...batch, user_identities: Object.fromEntries(kept) };
}

/** An identity that changed, as clients tell of it in an event: without such a text on either side. */
export function withoutTokenIn(data: JsonObject): JsonObject {
  const side = (name: 'new' | 'old'): JsonObject => {
    const said: Json | undefined = data[name];
    return isObject(said) && carriesToken(said['identity']) ? { [name]: { ...said, identity: null } } : {};
  };
  return { ...data, ...side('new'), ...side('old') };
}
