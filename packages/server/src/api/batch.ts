export type Status = 'applied' | 'duplicate' | 'rejected' | 'quarantined' | 'suppressed';

export interface ApiError {
  readonly error: { readonly code: string; readonly message: string; readonly requestId: string };
}

/** `POST /v1/batch` */
export interface BatchAnswer {
  readonly results: readonly { readonly status: Status; readonly reason?: string; readonly personId?: string | null }[];
}
