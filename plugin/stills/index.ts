/** What the command needs of photographs; fuse-stills.ts has the contract. */
export { fuseStills, type FuseSettings } from './fuse-stills';
export { STILL_EXTENSIONS } from './still-formats';
export { removeUnfinished } from './write-still';
