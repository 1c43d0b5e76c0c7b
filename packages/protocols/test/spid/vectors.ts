/** Blobs that were published, or made by the published steps, with the secret they verify under. */
export interface Vector {
  readonly name: string;
  readonly secret: string;
  readonly blob: string;
  readonly over: 'payload-text' | 'json';
}

const seedPayload =
  'eyJTdWJzY3JpYmVkIHNpbmNlIjoiMjAxMi0xMS0yMCIsIk5ld3NsZXR0ZXIgc3Vic2NyaWJlciI6dHJ1ZSwiR29hbHMgcmVhY2hlZCI6MTIsIkFjY291bnQgdHlwZSI6IlBlcnNvbmFsIn0';

/** The example of the traits page; signed on 25 June 2013. */
export const sample: Vector = {
  name: 'the sample of the traits page',
  secret: 'test',
  blob: 'zOJ7x_oA3EnL4CB5AsgONtWfdF2r_N6c-aLZTaGy-z8.eyJTdWJzY3JpYmVkIHNpbmNlIjoiMjAxMi0xMS0yMCIsIk5ld3NsZXR0ZXIgc3Vic2NyaWJlciI6dHJ1ZSwiR29hbHMgcmVhY2hlZCI6MTIsIkFjY291bnQgdHlwZSI6IlBlcnNvbmFsIiwiYWxnb3JpdGhtIjoiSE1BQy1TSEEyNTYiLCJ0IjoxMzcyMTUwMjU3LjExfQ',
  over: 'payload-text',
};

/** What the sample says. */
export const sampleTraits = {
  'Subscribed since': '2012-11-20',
  'Newsletter subscriber': true,
  'Goals reached': 12,
  'Account type': 'Personal',
};

/** A signed answer of the API, as `sig` and `data` of the container. */
export const signedAnswer = {
  secret: 'a274de',
  sig: 'GTUVPjN1LzdyU1qwHjnMKS2oNxckfGzXWA6WOGHVOOg',
  data: 'eyJvYmplY3QiOiJvcmRlciIsImVudHJ5IjpbeyJvcmRlcl9pZCI6IjMwMDAxNCIsImNoYW5nZWRfZmllbGRzIjoic3RhdHVzIiwidGltZSI6IjIwMTItMDktMzAgMTM6MjE6NDMifSx7Im9yZGVyX2lkIjoiMzAwMDE2IiwiY2hhbmdlZF9maWVsZHMiOiJzdGF0dXMiLCJ0aW1lIjoiMjAxMi0wOS0zMCAxMzoyMTo0MyJ9XX0',
};

export const vectors: readonly Vector[] = [
  sample,
  {
    name: 'a signed answer of the API',
    secret: signedAnswer.secret,
    blob: `${signedAnswer.sig}.${signedAnswer.data}`,
    over: 'payload-text',
  },
  {
    name: 'the `sig` of a session',
    secret: 'secret',
    blob: 'vlXgu64BQGFSQrY0ZcJBZASMvYvTHu9GQ0YM9rjPSso.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsIjAiOiJwYXlsb2FkIn0',
    over: 'payload-text',
  },
  {
    name: 'the steps of the traits page, followed to the letter',
    secret: 'test',
    blob: `TBwB_MONesMKDAQh7glVXXDBBjFl7GfwCsgw5l_Z2uM.${seedPayload}`,
    over: 'json',
  },
  {
    name: 'the same object, signed as the sample is',
    secret: 'test',
    blob: `qlKQNjwZHlOLraltrZw_QwDf41ES3SITuRcqYDMviKo.${seedPayload}`,
    over: 'payload-text',
  },
];
