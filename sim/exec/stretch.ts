/**
 * Steps that were executed in one go, with what is asked of them afterwards: pieces of straight-line code, one after the
 * other. All steps but the last have executed an instruction; the last of a piece has branched to the next piece, or has gone
 * on to another page.
 */
import { UNSET } from '../core/cpu.ts';
import type { Operation } from './operation.ts';

/** The most steps of a stretch. */
export const STRETCH_STEPS = 1024;

export class Stretch {
  /** Steps that are made; while one is under way, those before it. */
  length = 0;
  /** High half of all addresses of instructions. */
  pcHigh = UNSET;
  /** How many pieces there are. The last is empty where its first instruction is still to be executed. */
  pieces = 0;
  /** By piece: the number of its first step. */
  readonly begins = new Int32Array(STRETCH_STEPS + 1);
  /** By piece: low half of the address of its first instruction. */
  readonly pcs = new Uint32Array(STRETCH_STEPS + 1);
  /** By step: what it executed; not of the last one. */
  readonly operations: Operation[] = [];
  /** What the last step executed, completed or not; undefined where its instruction could not be fetched or decoded. */
  last: Operation | undefined;
  /** By step: low half of the virtual address that it accessed; without meaning where it accessed none. */
  readonly addresses = new Uint32Array(STRETCH_STEPS);
  /** By step: 1 where it accessed a device, and took no exception. */
  readonly devices = new Uint8Array(STRETCH_STEPS);

  /** Forgets all steps; those to come are in code with `pcHigh` as the high half of its addresses. */
  begin(pcHigh: number): void {
    this.length = 0;
    this.pieces = 0;
    this.pcHigh = pcHigh;
  }

  /** The next step is the first of a piece that begins at `pc`. */
  beginPiece(pc: number): void {
    this.begins[this.pieces] = this.length;
    this.pcs[this.pieces] = pc;
    this.pieces++;
  }

  /** The number of the step after the last of piece `piece`. */
  endOf(piece: number): number {
    return piece + 1 < this.pieces ? this.begins[piece + 1]! : this.length;
  }
}
