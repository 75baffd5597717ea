/** A country on the map. Lengths are tenths of a thousandth of the map's width. */
export interface Territory {
  x: number;
  y: number;
  /** Absent where the shapes do not contain the country, which is then a dot. */
  path?: string;
  /** Left, top, width and height of its mainland. */
  box?: number[];
  /** Too small to be hit: it gets a dot. */
  isSmall?: true;
}

export interface WorldMap {
  /** By ISO 3166-1 alpha-2. */
  territories: Record<string, Territory>;
  /** Left, top, width and height of the view of each region, and of the WORLD. */
  frames: Record<string, number[]>;
  /** Shapes without a code, such as Northern Cyprus. */
  unclaimed: string[];
}
