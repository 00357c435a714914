import type { ByteSource } from './read-lines.ts';

/** How a journal is compressed. */
export interface Packing {
  /** Opens a file for reading. `read` throws `usage` for what is not compressed so. */
  open(path: string): Promise<PackedSource>;
  /** Compresses the first file into the second, and brings that to the disk. */
  pack(from: string, to: string): Promise<void>;
}

export interface PackedSource extends ByteSource {
  /** Known once all is read. `cut`: it breaks off before its end. `spoilt`: what follows cannot be unpacked. */
  readonly end: PackedEnd;
  close(): Promise<void>;
}

export type PackedEnd = 'whole' | 'cut' | 'spoilt';
