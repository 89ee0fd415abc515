/** Compiles the kernels unless fusion.wasm is current. Resolves to the path of fusion.wasm. */
export declare function buildKernels(): Promise<string>;
