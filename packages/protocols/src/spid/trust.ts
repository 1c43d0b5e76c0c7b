/** A client's backend: what it signs by way of the browser, or says over REST. Neither overrules the other. */
export const CLIENT_TRUST = 1;

/** The login platform: its server key, and what it saw itself, which signs people in and out. */
export const PLATFORM_TRUST = 2;
