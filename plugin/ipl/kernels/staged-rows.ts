/** Map rows of coefficients in the kernels' memory, each brought there once. */
import { COEFFICIENTS } from './rule.generated';
import type { Workspace } from './workspace';

/** Float32 [K, 6, rows, mapWidth], whose first row is map row `firstRow`. */
export interface CoefficientRows {
  readonly values: Float32Array;
  readonly firstRow: number;
  readonly rows: number;
}

export class StagedRows {
  readonly #space: Workspace;
  readonly #given: CoefficientRows;
  /** The channels of the network's coefficients in the order in which the blend has the exposures. */
  readonly #channels: readonly number[];
  /** The map row in each place. */
  readonly #staged: (number | undefined)[] = [];

  constructor(space: Workspace, given: CoefficientRows) {
    this.#space = space;
    this.#given = given;
    this.#channels = space.order.flatMap((k) => Array.from({ length: COEFFICIENTS }, (_, i) => k * COEFFICIENTS + i));
  }

  /**
   * The address of map row `row`, which may lie outside of the picture or of what the caller gave: then its nearest. It
   * holds while no more rows are asked for than a strip needs.
   */
  addressOf(row: number): number {
    const { plan } = this.#space;
    const { firstRow, rows } = this.#given;
    const inside = Math.min(Math.max(row, 0), plan.mapHeight - 1);
    const nearest = Math.min(Math.max(inside, firstRow), firstRow + rows - 1);
    const place = nearest % plan.coefficientRows;
    const address = plan.coefficients + place * plan.coefficientRow;
    if (this.#staged[place] !== nearest) this.#stage(nearest, address);
    this.#staged[place] = nearest;
    return address;
  }

  #stage(row: number, to: number): void {
    const { wasm, plan, floats } = this.#space;
    const { values, firstRow, rows } = this.#given;
    for (const [i, channel] of this.#channels.entries()) {
      const from = (channel * rows + row - firstRow) * plan.mapWidth;
      floats.set(values.subarray(from, from + plan.mapWidth), plan.given / 4 + i * plan.mapWidth);
    }
    wasm.prepareCoefficients(plan.given, to);
  }
}
