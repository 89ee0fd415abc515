/** Amounts with units, as graph files and command lines write them: bytes, bits per second, pixels. */
import { GstIplError } from './errors';

/** Decimal units, as on disks, in networks and in encoders. */
const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/**
 * `20GB`, `500 MB`: bytes.
 * @throws GstIplError `bad-option`
 */
export function parseBytes(text: string): number {
  return parse(text, /^\s*(\d+(?:\.\d+)?)\s*([kMGT])B\s*$/, 'an amount of bytes such as 20GB');
}

/**
 * `4M`, `2500k`, `800000`: bits per second.
 * @throws GstIplError `bad-option`
 */
export function parseBitrate(text: string): number {
  return parse(text, /^\s*(\d+(?:\.\d+)?)\s*([kM]?)(?:bit\/s|bps)?\s*$/, 'a bit rate such as 4M or 2500k (bits per second)');
}

/**
 * `200M`, `1G`, `80000000`: pixels.
 * @throws GstIplError `bad-option`
 */
export function parsePixels(text: string): number {
  return parse(text, /^\s*(\d+(?:\.\d+)?)\s*([kMG]?)\s*$/, 'a number of pixels such as 200M or 1G');
}

function parse(text: string, pattern: RegExp, what: string): number {
  const [, digits, unit = ''] = pattern.exec(text) ?? [];
  const amount = Number(digits) * (FACTORS[unit] ?? NaN);
  if (digits !== undefined && amount >= 1) return amount;
  throw new GstIplError('bad-option', `expected ${what}, but got ${JSON.stringify(text)}.`);
}

/** `12.3 GB`: as people read it. */
export function formatBytes(bytes: number): string {
  const [unit, factor] = bytes >= 1e9 ? ['GB', 1e9] : ['MB', 1e6];
  return `${(bytes / factor).toFixed(1)} ${unit}`;
}
