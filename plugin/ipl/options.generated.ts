/** Written by scripts/docs/option-types.js from the options of `ipl`: change them there, then `npm run docs:pages`. */

/** Options of `ipl`. */
export interface IplNodeOptions {
  /** Names of the branches from dark to bright, or `auto`: by mean luma, decided at the first set of a scene. Default: auto: nothing to declare, and right for every bracket. */
  readonly order?: 'auto' | readonly string[];
  /** The exposure that decides where things are and gives the timestamps: a branch, or `middle`. Default: middle: it shows most of the scene; of two middle ones the darker, whose highlights are whole. */
  readonly reference?: string;
  /** Whether exposures that do not coincide are aligned to the reference first. `auto`, for streams: estimated beside the fusion, kept, and followed. `each`, for stills: estimated for each set, which waits for it. `off`. Default: auto: cameras beside each other never coincide; where exposures do, it costs a look in four seconds. */
  readonly align?: 'auto' | 'off' | 'each';
  /** The rig file that `gst-ipl calibrate` wrote, for cameras that are fixed. They are aligned from the first frame on. With `align: auto` the rig is checked while it runs, with `align: off` it is used as it is. Default: none: alignment is estimated from the frames (`align`). */
  readonly rig?: string;
  /** Borders that not all exposures show, where `align: each` has moved some. `off`: they are made of those that do. `common`: the picture is cut to what all show. Default: off: the picture has the size of the reference. */
  readonly crop?: 'off' | 'common';
  /** How much the other exposures add: 1 all that the network asks for, 0 nothing but the reference. Live. Default: 1: the whole fusion. */
  readonly strength?: number;
  /** How much highlight detail is added from exposures that are darker than the reference: 1 all that the network asks for, 0 none. Live. Default: 1: it is what exposures are fused for. */
  readonly highlights?: number;
  /** How much shadow detail is added from exposures that are brighter than the reference: 1 all that the network asks for, 0 none. Live. Default: 1: it is what exposures are fused for. */
  readonly shadows?: number;
  /** Prefers the brighter exposures (above 0) or the darker ones (below). Live. Default: 0: what the network was trained for. */
  readonly bias?: number;
  /** Strength of the colours: 1 as they are, 0 grey. Live. Default: 1: colours as the cameras record them. */
  readonly saturation?: number;
  /** Edge-preserving denoise: 1 by the measured noise, 0 off. Live. Default: 1: by the measured noise, so that clean pictures stay as they are. */
  readonly denoise?: number;
  /** What comes out: `sdr`, or light of BT.2100 in 10 bits, as `hlg` or `pq`. Default: sdr: every screen shows it. */
  readonly output?: 'sdr' | 'hlg' | 'pq';
  /** For HDR: EV of the exposures, in the order of the branches, such as [-2, 0, 2]. The exact values are measured in the frames. Default: none: HDR cannot do without. */
  readonly ev?: readonly number[];
  /** For HDR: transfer function of the cameras. A wrong one costs more than wrong exposure times. Default: none: HDR cannot do without. */
  readonly curve?: 'undeclared' | 'srgb' | 'bt709' | 'bt1886' | 'hlg' | 'slog3' | 'logc3';
  /** For HDR: the brightest light shown, cd/m2. What is brighter is rolled off to it. Default: 1000: what HLG is made for, and most HDR screens. */
  readonly peak?: number;
  /** For HDR: how bright the white of the reference exposure is shown, cd/m2. Default: 203: ITU-R BT.2408. */
  readonly referenceWhite?: number;
  /** For PQ: the most light that a frame has on average, cd/m2, as screens are told (MaxFALL). `gst_ipl_fusion_max_fall` shows what it was so far. Default: 0: not known, as of a live picture. */
  readonly maxFall?: number;
  /** For HDR: primaries of the exposures. Default: auto: what the caps say, and else BT.709. */
  readonly primaries?: 'auto' | 'bt709' | 'bt2020' | 'p3';
  /** Bands a slice; a frame has about ten. The result does not depend on it. Default: 4: about a third of the frame; the halo of smaller slices costs more than their latency saves. */
  readonly slice?: number;
  /** Worker threads, and so frames in work at a time. Each adds throughput, and a frame of latency. Default: auto: one a core, at most 2, which keeps the latency within two frames. */
  readonly threads?: 'auto' | number;
  /** Where fusion runs: `auto`, `cpu`, `webgpu`, `cuda`, or another provider that onnxruntime lists. Default: auto: a GPU where there is one that works, gives the frame that the CPU gives, and is faster; otherwise the CPU. */
  readonly provider?: string;
  /** Path of a model card (JSON); its network lies beside it. Default: the trained network of the package, models/ipl-s.json. */
  readonly model?: string;
  /** The queue in front of the fusion. A live chain that must stay fresh wants drop-oldest. Default: { capacity: 2, policy: block }. */
  readonly queue?: 'block' | 'drop-oldest' | 'drop-newest' | { readonly capacity?: number; readonly policy?: 'block' | 'drop-oldest' | 'drop-newest' };
}

/** Fuses two to five exposures of one instant into one well-exposed, ghost-free picture. */
export interface IplNode extends IplNodeOptions {
  readonly use: 'ipl';
  /** The node that it reads. */
  readonly from: string;
}
