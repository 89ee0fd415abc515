/** What the merge knows of BT.2100. */
export * from '../../core/frames/bt2100';
