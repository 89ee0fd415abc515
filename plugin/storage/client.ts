/** What is used of the client: its package tells its types in a way that this compiler's resolution does not read (`exports` alone). */

export interface S3Settings {
  readonly endPoint: string;
  readonly region: string;
  readonly bucket: string;
  /** The bucket is a part of the path, not of the host. */
  readonly pathStyle: boolean;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken: string | undefined;
}

export interface S3Request {
  readonly method: string;
  readonly objectName: string;
  readonly query?: string | Readonly<Record<string, string>>;
  /** Of an answer that says yes; 200 by default. */
  readonly statusCode?: number;
}

export interface S3Client {
  makeRequest(request: S3Request): Promise<Response>;
  listObjects(options: { readonly prefix: string }): AsyncIterable<{ readonly key: string; readonly size: number }>;
  exists(key: string): Promise<boolean>;
  getObject(key: string): Promise<Response>;
  putObject(key: string, data: ReadableStream<Uint8Array>, options: { readonly size: number; readonly partSize: number }): Promise<unknown>;
  deleteObject(key: string): Promise<void>;
}

export interface S3Module {
  readonly S3Client: new (settings: S3Settings) => S3Client;
}
