/** The table that a calibration prints. */
import { apply, type Homography } from '../ipl/kernels/homography';
import type { Rig } from '../ipl/rig';

/** A motion in the terms of whoever turns the screws: what it does in the middle of the picture. */
export interface Pose {
  /** Pixels: so much further to the right and down does the branch show what the reference has in its middle. */
  readonly x: number;
  readonly y: number;
  /** Degrees, clockwise. */
  readonly rotation: number;
  readonly scale: number;
}

export function poseOf(homography: Homography, width: number, height: number): Pose {
  const [cx, cy] = [(width - 1) / 2, (height - 1) / 2];
  const at = (x: number, y: number): [number, number] => apply(homography, cx + x, cy + y);
  const [[x, y], [rx, ry], [lx, ly], [dx, dy], [ux, uy]] = [at(0, 0), at(1, 0), at(-1, 0), at(0, 1), at(0, -1)];
  const [xx, yx, xy, yy] = [(rx - lx) / 2, (ry - ly) / 2, (dx - ux) / 2, (dy - uy) / 2];
  return { x: x - cx, y: y - cy, rotation: (Math.atan2(yx - xy, xx + yy) * 180) / Math.PI, scale: Math.sqrt(Math.abs(xx * yy - xy * yx)) };
}

const HEAD = ['branch', 'shift, pixels', 'rotation', 'scale', 'residual, pixels (95 %)', 'confidence', 'agreement'];

export function rigTable({ width, height, reference, branches }: Rig): string {
  const rows = Object.entries(branches).map(([name, { homography, residual, confidence = 0, agreement }]) => {
    const { x, y, rotation, scale } = poseOf(homography, width, height);
    return [
      name,
      `${signed(x, 1)}, ${signed(y, 1)}`,
      `${signed(rotation, 2)}°`,
      scale.toFixed(4),
      residual ? `${residual.median.toFixed(2)} (${residual.p95.toFixed(2)})` : '',
      `${Math.round(confidence * 100)} %`,
      agreement ? `${agreement.without.toFixed(2)} -> ${agreement.with.toFixed(2)}` : '',
    ];
  });
  const table = [HEAD, ...rows, [reference, 'the reference']];
  const widths = HEAD.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}

const signed = (value: number, digits: number): string => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(digits)}`;
