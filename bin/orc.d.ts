/** What ORC's environment lacks, so that a full disk does not end the process. */
export declare function orcEnvironment(env: NodeJS.ProcessEnv, room?: (folder: string) => 'room' | 'full' | 'unusable'): Readonly<Record<string, string>>;
