/** Spaces requests out, for each address and for all: who asks for more waits, and is not answered faster for asking more. */
import type { Rate } from './limits';

/** Addresses that are remembered; the one that has been silent for longest is forgotten first. */
export const MOST_ADDRESSES = 1_024;

/** A generic cell rate algorithm (ITU-T I.371): one number a client. */
export class Pace {
  readonly #spacing: number;
  readonly #tolerance: number;
  /** When the next request would be due if all came evenly. */
  #due = -Infinity;

  constructor({ burst, perSecond }: Rate) {
    this.#spacing = 1000 / perSecond;
    this.#tolerance = (burst - 1) * this.#spacing;
  }

  /** Takes the next place if it is due. */
  passes(now: number): boolean {
    if (this.#due - this.#tolerance > now) return false;
    this.reserve(now);
    return true;
  }

  /** Takes the next place. @returns how long it is until then, in milliseconds */
  reserve(now: number): number {
    const due = Math.max(this.#due, now);
    this.#due = due + this.#spacing;
    return Math.max(0, due - this.#tolerance - now);
  }
}

/** A pace for each address. */
export class AddressPaces {
  readonly #rate: Rate;
  readonly #addresses = new Map<string, Pace>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  of(address: string): Pace {
    const pace = this.#addresses.get(address) ?? new Pace(this.#rate);
    remember(this.#addresses, address, pace);
    return pace;
  }
}

export class Paces {
  readonly #total: Pace;
  readonly #addresses: AddressPaces;

  constructor(address: Rate, total: Rate) {
    this.#addresses = new AddressPaces(address);
    this.#total = new Pace(total);
  }

  /** Resolves when a request of the address is due. A connection has one at a time, so few wait. */
  async turn(address: string): Promise<void> {
    const now = performance.now();
    const wait = Math.max(this.#addresses.of(address).reserve(now), this.#total.reserve(now));
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

/** Sets what is known of an address, which is the newest then, and forgets the oldest beyond the most. */
export function remember<Value>(addresses: Map<string, Value>, address: string, value: Value): void {
  addresses.delete(address);
  addresses.set(address, value);
  for (const oldest of addresses.keys()) {
    if (addresses.size <= MOST_ADDRESSES) break;
    addresses.delete(oldest);
  }
}
