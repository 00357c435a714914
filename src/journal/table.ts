/** How a journal in CSV looks. */
export interface Table {
  readonly columns: readonly string[];
  /** The line of their names, its line end included. */
  readonly header: string;
}
