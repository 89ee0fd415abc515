/** Whether an exposure has seen in a cell (2x2 pixels) what the reference has: in common light, as ipl/kernels/assembly/hdr-veto.ts does it. */
import { CLIP_WIDTH, CODE_ERROR, RELATIVE_ERROR } from '../../ipl/hdr/merge-numbers';
import { CELL, type DeepPlanes } from './deep-planes';

export class CellAgreement {
  /** Numbers of the cell (DeepPlanes.cell), of the reference and of the other exposure. */
  readonly own = new Float64Array(CELL);
  readonly other = new Float64Array(CELL);
  /** Their light, about as green as the eye's, in that of the reference. */
  mine = 0;
  theirs = 0;

  /** @param clip code from which on a channel is clipped */
  constructor(private readonly clip: number, private readonly light: (code: number) => number, private readonly steepness: (code: number) => number) {}

  /** @returns 1 where the exposure may count, 0 where something moved @param time of the exposure */
  of(reference: DeepPlanes, exposure: DeepPlanes, column: number, row: number, time: number): number {
    const { own, other } = this;
    reference.cell(column, row, own, 0);
    exposure.cell(column, row, other, 0);
    // Well below the clipping point: the reference could have shown more light.
    const comparable = bound((this.clip - CLIP_WIDTH - Math.max(own[0], own[1], own[2]) - own[4]) / CLIP_WIDTH);
    let [distance, mine, theirs] = [0, 0, 0];
    for (let channel = 0; channel < 3; channel += 1) {
      const weight = channel === 1 ? 0.5 : 0.25;
      const [a, b] = [this.light(own[channel]), this.light(other[channel]) / time];
      distance += weight * Math.max((b - a) * comparable, a - b);
      mine += weight * a;
      theirs += weight * b;
    }
    [this.mine, this.theirs] = [mine, theirs];
    const explained = RELATIVE_ERROR * Math.max(mine, theirs) + CODE_ERROR * (this.steepness(own[3]) + this.steepness(other[3]) / time);
    return bound(2 - distance / explained);
  }

  /** How far the reference's cell, which was compared last, is clipped: 0 to 1. */
  get lost(): number {
    return 1 - bound((this.clip - Math.max(this.own[0], this.own[1], this.own[2])) / CLIP_WIDTH);
  }
}

const bound = (value: number): number => (value <= 0 ? 0 : value >= 1 ? 1 : value);
