/** A copy of `env` with what GStreamer needs added; nothing that the user set is replaced. */
export declare function launchEnvironment(env?: NodeJS.ProcessEnv): NodeJS.ProcessEnv;

/** glibc's settings by name, as GLIBC_TUNABLES has them. */
export declare const MALLOC_TUNABLES: Readonly<Record<string, string>>;

/** UV_THREADPOOL_SIZE */
export declare const POOL_THREADS: string;
