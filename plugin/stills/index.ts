/** What the command needs of photographs; fuse-stills.ts has the contract. */
export type { FuseSettings } from './fuse-settings';
export { fuseStills } from './fuse-stills';
export { openStill, type Still } from './still-file';
export { STILL_EXTENSIONS } from './still-formats';
export { thumbnailOf } from './thumbnail';
export { removeUnfinished } from './write-still';
