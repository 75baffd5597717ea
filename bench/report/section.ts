/** What one part of the measurements adds to the page. */
export interface Section {
  text: string;
  /** SVG by file name. */
  charts: Record<string, string>;
}
