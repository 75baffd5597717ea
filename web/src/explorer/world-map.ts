/** A country on the map. Lengths are tenths of a thousandth of the map's width. */
export interface Territory {
  x: number;
  y: number;
  /** None where the shapes do not have it: it is a dot then. */
  path?: string;
  /** Left, top, width and height of its mainland. */
  box?: number[];
  /** Too small to be hit: it gets a dot. */
  isSmall?: true;
}

export interface WorldMap {
  /** By ISO 3166-1 alpha-2. */
  territories: Record<string, Territory>;
  /** Left, top, width and height of what is shown of a region, and of the WORLD. */
  frames: Record<string, number[]>;
  /** Shapes without a code, such as Northern Cyprus. */
  unclaimed: string[];
}
