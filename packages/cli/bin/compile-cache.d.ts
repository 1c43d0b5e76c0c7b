/** Keeps the compiled code of this program and of those it starts, for the next start. */
export declare function keepCompiledCode(): void;
