/**
 * Luma with its local brightness and contrast taken out, so that exposures look alike: each pixel less the mean of the 9x9 around
 * it, by their deviation (kernels/assembly/normalise.ts). Pixels that say nothing are left out of both.
 *
 * Pixels beside valid ones, as far as a window reaches, count, too: the edge of something against a clipped sky is an edge in every
 * exposure. What is clipped all over has no texture.
 */
export type { Texture } from '../kernels/texture-kernels';
