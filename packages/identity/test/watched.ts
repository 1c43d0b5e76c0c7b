import { type Claim, type IdentifierKey, MemoryGraph, type Node, type Sight } from '../src/index.ts';

/** A graph that counts how often it is asked for a node, and the claims read of those that were set aside. */
export class Watched extends MemoryGraph {
  looks = 0;
  read = 0;

  override node(key: IdentifierKey): Node | undefined {
    this.looks += 1;
    return super.node(key);
  }

  override evidence(key: IdentifierKey, after: Sight, before: Sight): readonly Claim[] {
    const found = super.evidence(key, after, before);
    this.read += found.length;
    return found;
  }

  override beside(key: IdentifierKey, like: Claim, at: Claim): readonly Claim[] {
    const found = super.beside(key, like, at);
    this.read += found.length;
    return found;
  }
}
