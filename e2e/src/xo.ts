/** The global that XO's SDK and our script make, as far as the tests use it. */
export interface Xo {
  init(options: object): void;
  readonly activity: {
    readonly isInitialized: boolean;
    readonly hasOptedOut: boolean;
    init(options: object, client?: object): void;
    send(activities: unknown, options?: object): Promise<{ status: number; body: string }> | null;
    setUser(user: unknown): void;
    addUserIdentity(repository: unknown, id: unknown): void;
    setUserIdentities(identities: unknown): void;
    addUserSegment(segment: unknown): void;
    setUserSegments(segments: unknown): void;
    addUserTrait(name: unknown, value: unknown): void;
    setUserTraits(traits: unknown): void;
    clearUser(): void;
    optOut(): void;
    optIn(): void;
    handleQueuedEvents(): void;
  };
}
