/** What a model card (models/*.json) says, as far as the element needs it. */
export interface ModelCard {
  /** Of the card, and of what the network takes and gives. */
  readonly format: 2;
  readonly name: string;
  /** File name of the network, beside the card. */
  readonly file: string;
  readonly sha256: string;
  /** Map rows above and below a slice that its result depends on. */
  readonly halo: number;
  readonly tokenBytes: number;
  readonly tokenColumns: number;
  readonly bandRows: number;
  /** Views of each exposure in the survey, which has as many maps of weights, as many of brightness, and two of colour. */
  readonly views: number;
  readonly statistics: readonly string[];
  readonly coefficients: number;
  /** What the coefficients' sums are of weights: logarithms to base 2, which the kernels have built in. */
  readonly logits: 'log2';
  readonly exposures: { readonly min: number; readonly max: number };
}

/** Maps that the survey has of an exposure. */
export function surveyMaps({ views }: Pick<ModelCard, 'views'>): number {
  return 2 * views + 2;
}
