/** Numbers for scenes, so that the state on a device can be told from another scene's. */

/** Word of a scene's memory that scene.ts leaves free in its header. */
const PLACE = 3;

let last = 0;

/** The scene's number; a scene that has none yet gets the next. For one worker, which has the provider. */
export function sceneNumber(scene: SharedArrayBuffer): number {
  const header = new Int32Array(scene, 0, PLACE + 1);
  if (header[PLACE] === 0) header[PLACE] = last += 1;
  return header[PLACE] ?? 0;
}
