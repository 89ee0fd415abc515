/** Of a JPEG, in pixels. */
export const LONGEST_JPEG_SIDE: number;
export function mendSides(): void;
