/** Rigs of cameras that stand firmly: their file, how it is found in many pictures, and what it says of pictures of a size. */
export { branchesOf, checkBranches, readRig, RIG_KIND, RIG_VERSION, type Rig, type RigBranch } from './rig-file';
export { motionsAt } from './rig-motions';
export { pooledMotion } from './pooled-motion';
export { residualsOf } from './residuals';
