/** Reads what the server packs in plugin/preview/picture-packet.ts. */

/**
 * @typedef {{ columns: number, rows: number, exposures: string[], values: Uint8Array }} Weights
 * @typedef {{ stream: number, offset: number, blob: Blob }} Picture
 * @typedef {{ left: number, top: number, width: number, height: number }} Area
 * @typedef {{ width: number, height: number, area: Area, reference: string, exposures: { name: string, homography?: number[] }[] }} LineUp
 * @typedef {{ sequence: number, seconds: number, pictures: Picture[], weights: Weights | undefined, lineUp: LineUp | undefined }} Packet
 */

/**
 * @param {ArrayBuffer} buffer
 * @returns {Packet}
 */
export function readPacket(buffer) {
  const length = new DataView(buffer).getUint32(0);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let at = 4 + length;
  /** @param {number} bytes */
  const take = (bytes) => new Uint8Array(buffer, (at += bytes) - bytes, bytes);
  /** @type {Picture[]} */
  const pictures = head.pictures.map((/** @type {{ stream: number, offset: number, bytes: number }} */ { stream, offset, bytes }) => {
    return { stream, offset, blob: new Blob([take(bytes)], { type: 'image/jpeg' }) };
  });
  const weights = head.weights && { ...head.weights, values: take(head.weights.columns * head.weights.rows * head.weights.exposures.length) };
  return { sequence: head.sequence, seconds: head.seconds, pictures, weights, lineUp: head.lineUp };
}
