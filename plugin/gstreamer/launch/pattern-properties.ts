/** Which properties of GStreamer's elements are names with a number in them. */

const NUMBERING = ['multifilesrc', 'imagesequencesrc', 'multifilesink', 'splitmuxsink', 'hlssink', 'hlssink2'];

export function isPattern(factory: string | undefined, property: string): boolean {
  return factory !== undefined && NUMBERING.includes(factory) && property === 'location';
}
