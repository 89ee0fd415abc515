/** The client, with patience: a request that a store is too busy for is asked again, and a file that could not be brought there leaves nothing in it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { S3Client, S3Module, S3Request, S3Settings } from './client';

/** A store that is busy or restarts answers again soon; what it refuses it refuses for good. */
export const TRIES = 4;
export const pauseMs = (tries: number): number => 500 * 2 ** (tries - 1);

export interface PatientClient extends S3Client {
  /** Parts of a file that will not be whole: a store keeps them, shows them to nobody, and has them paid for. */
  dropParts(key: string): Promise<void>;
}

export function patientClient({ S3Client: Client }: S3Module, settings: S3Settings): PatientClient {
  return new (class extends Client implements PatientClient {
    /** By key, uploads in parts that were begun and not ended. */
    readonly #begun = new Map<string, string>();

    /** All that the client does goes through here; what a request carries is in memory, so that it can be sent again. */
    override async makeRequest(request: S3Request): Promise<Response> {
      const { method, objectName, query } = request;
      if (method === 'PUT' && typeof query === 'object' && query.uploadId !== undefined) this.#begun.set(objectName, query.uploadId);
      for (let tries = 1; ; tries += 1) {
        try {
          const answer = await super.makeRequest(request);
          if (method === 'POST' && typeof query === 'string' && query.startsWith('uploadId=')) this.#begun.delete(objectName);
          return answer;
        } catch (error) {
          if (tries === TRIES || isRefusal(error)) throw error;
          await pause(pauseMs(tries));
        }
      }
    }

    async dropParts(key: string): Promise<void> {
      const uploadId = this.#begun.get(key);
      if (uploadId === undefined) return;
      this.#begun.delete(key);
      await super.makeRequest({ method: 'DELETE', objectName: key, query: { uploadId }, statusCode: 204 });
    }
  })(settings);
}

/** 408 and 429 ask for patience; other answers of 4xx are final. */
function isRefusal(error: unknown): boolean {
  const { statusCode = 0 } = error as { statusCode?: number };
  return statusCode >= 400 && statusCode < 500 && statusCode !== 408 && statusCode !== 429;
}
