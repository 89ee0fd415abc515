/** One answer for all who ask for it within a while. */
import { Unavailable } from './desk';

export interface Keeping {
  /** An answer is given to those who ask for so long; 0 to those alone who ask while it is made. Milliseconds. */
  readonly freshMs: number;
  /** How long one waits for a new one. Milliseconds. */
  readonly patienceMs: number;
}

export class Kept<Value> {
  readonly #make: () => Promise<Value>;
  readonly #keeping: Keeping;
  readonly #now: () => number;
  #last: { readonly value: Value; readonly at: number } | undefined;
  #making: Promise<Value> | undefined;

  /** @param first what is so until the first answer comes, as if it were an answer of this moment that is not fresh */
  constructor(make: () => Promise<Value>, keeping: Keeping, first?: Value, now = () => performance.now()) {
    this.#make = make;
    this.#keeping = keeping;
    this.#now = now;
    if (first !== undefined) this.#last = { value: first, at: now() - keeping.freshMs };
  }

  /**
   * @param staleMs an answer of this age will do where no new one comes in time
   * @throws Unavailable, or what `make` throws
   */
  async get(staleMs = 0): Promise<Value> {
    if (this.#last && this.#ageOf(this.#last) < this.#keeping.freshMs) return this.#last.value;
    try {
      return await this.#inTime(this.#renew());
    } catch (error) {
      if (error instanceof Unavailable && this.#last && this.#ageOf(this.#last) <= staleMs) return this.#last.value;
      throw error;
    }
  }

  /** What was true is not any more. */
  forget(): void {
    this.#last = undefined;
    this.#making = undefined;
  }

  #renew(): Promise<Value> {
    if (this.#making) return this.#making;
    const making = this.#make().then((value) => {
      if (this.#making === making) this.#last = { value, at: this.#now() };
      return value;
    });
    const over = (): void => {
      if (this.#making === making) this.#making = undefined;
    };
    making.then(over, over);
    return (this.#making = making);
  }

  #inTime(making: Promise<Value>): Promise<Value> {
    const { patienceMs } = this.#keeping;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Unavailable(`The chain has not answered for ${patienceMs / 1000} s.`)), patienceMs);
      making.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  #ageOf({ at }: { readonly at: number }): number {
    return this.#now() - at;
  }
}
