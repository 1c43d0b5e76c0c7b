/** The vendor's package has no types; these are of what the tests use. */
declare module 'mparticle' {
  type Fields = Record<string, unknown>;
  interface Batch extends Fields {
    addEvent(event: object): void;
  }
  interface EventsApi {
    readonly apiClient: { basePath: string };
    bulkUploadEvents(
      batches: readonly Batch[],
      done: (error: unknown, data: unknown, response: { status: number }) => void,
    ): void;
    uploadEvents(batch: Batch, done: (error: unknown, data: unknown, response: { status: number }) => void): void;
  }
  const sdk: {
    readonly Batch: { new (environment: unknown): Batch; readonly Environment: Readonly<Record<string, unknown>> };
    readonly AppEvent: new (type: unknown, name: string) => Fields;
    readonly SessionStartEvent: new () => Fields;
    readonly CommerceEvent: new () => Fields;
    readonly Product: new () => Fields;
    readonly ProductAction: new (action: string) => Fields;
    readonly UserIdentities: new () => Fields;
    readonly EventsApi: new (configuration: object) => EventsApi;
    readonly Configuration: new (key: string, secret: string) => object;
  };
  export default sdk;
}
