/**
 * The stepping prompt's commands, without the prompt: text in, lines out. The recording is the history: back is as cheap
 * as forward, and forward past its end runs the machine on.
 */
import { SourceError } from '../../asm/source/diagnostics.ts';
import { NotModelled } from '../core/exceptions.ts';
import type { Step } from '../recording/step.ts';
import type { Recorded, Run } from '../scenario/runnable.ts';
import { Breakpoints } from './breakpoints.ts';
import { callStackLines, effectLines, locationLine, sourceLines } from './debugger-views.ts';
import { memoryLines, registerCell, registerLines, valueLines } from './value-views.ts';

interface Command {
  readonly names: readonly string[];
  readonly usage: string;
  readonly help: string;
  readonly run: (words: readonly string[]) => string[];
}

/** Lines of source shown by `l` before and after the line at hand. */
const LISTED = 5;

export class Debugger {
  /** Set by `q`. */
  finished = false;
  readonly #run: Run<Recorded>;
  readonly #ready: Recorded;
  readonly #breakpoints = new Breakpoints();
  #lastLine = '';
  readonly #commands: readonly Command[] = [
    { names: ['s', 'step'], usage: 's [N]', help: 'one step forward, or N', run: (words) => this.#step(words) },
    {
      names: ['n', 'next'],
      usage: 'n',
      help: 'one step, over a call or an exception and its return',
      run: () => this.#next(),
    },
    { names: ['finish'], usage: 'finish', help: 'on until the routine at hand returns', run: () => this.#finish() },
    { names: ['back', 'bs'], usage: 'back [N]', help: 'one step back, or N', run: (words) => this.#back(words) },
    {
      names: ['c', 'continue'],
      usage: 'c',
      help: 'on to the next breakpoint, or to the end',
      run: () => this.#continue(),
    },
    {
      names: ['rc'],
      usage: 'rc',
      help: 'back to the breakpoint before, or to the beginning',
      run: () => this.#reverse(),
    },
    {
      names: ['b', 'break'],
      usage: 'b [PLACE]',
      help: 'break at a symbol, file:line or address; without, list them',
      run: (words) => this.#break(words),
    },
    { names: ['d', 'delete'], usage: 'd ID', help: 'take breakpoint ID away', run: (words) => this.#delete(words) },
    { names: ['goto'], usage: 'goto STEP', help: 'to the state before step STEP', run: (words) => this.#goto(words) },
    {
      names: ['regs'],
      usage: 'regs [SET]',
      help: 'registers: general (default), el1, el2, debug, fp',
      run: (words) => registerLines(this.#ready, words[0] ?? 'general'),
    },
    {
      names: ['p', 'print'],
      usage: 'p WHAT',
      help: 'a register, or a path such as vcpu.arch.debug_ptr->dbg_bcr[2]',
      run: (words) => valueLines(this.#ready, this.#operand(words, 'p')),
    },
    {
      names: ['x'],
      usage: 'x[/N] WHERE',
      help: 'N 8-byte words of memory at an address, register, symbol or path',
      run: (words) => memoryLines(this.#ready, words),
    },
    {
      names: ['who'],
      usage: 'who WHAT',
      help: 'the last step that wrote a register or field',
      run: (words) => this.#who(words),
    },
    {
      names: ['where', 'bt'],
      usage: 'where',
      help: 'the routines that led here',
      run: () => callStackLines(this.#run),
    },
    {
      names: ['l', 'list'],
      usage: 'l',
      help: 'source around here',
      run: () => sourceLines(this.#ready, this.#pa(), LISTED),
    },
    { names: ['help', 'h', '?'], usage: 'help', help: 'this list', run: () => this.#help() },
    { names: ['q', 'quit'], usage: 'q', help: 'end', run: () => this.#quit() },
  ];

  constructor(run: Run<Recorded>) {
    this.#run = run;
    this.#ready = run.ready;
  }

  /** Where the machine stands, as after every movement. */
  here(): string[] {
    const ending = this.#isAtEnd() ? this.#run.endingText : undefined;
    return [ending ?? locationLine(this.#ready)];
  }

  /**
   * Carries out one line. An empty line repeats the last movement. A fault of the user's is one line that begins with
   * 'error:'.
   */
  execute(line: string): string[] {
    const text = line.trim() === '' ? this.#lastLine : line.trim();
    if (text === '' || text.startsWith('#')) return [];
    const [word = '', ...words] = splitCommand(text);
    const command = this.#commands.find(({ names }) => names.includes(word));
    if (command === undefined) return [`error: no command '${word}'; help lists them`];
    this.#lastLine = ['s', 'step', 'n', 'next', 'back', 'bs', 'c', 'continue', 'rc'].includes(word) ? text : '';
    try {
      return command.run(words);
    } catch (error) {
      if (error instanceof SourceError || error instanceof NotModelled) return [`error: ${error.message}`];
      throw error;
    }
  }

  // Movements.

  /** One step forward; false at the end. */
  #forward(): boolean {
    const { recording } = this.#ready;
    if (recording.position === recording.length) return this.#run.advance();
    recording.seek(recording.position + 1);
    return true;
  }

  #lastStep(): Step {
    const { recording } = this.#ready;
    return recording.stepAt(recording.position - 1);
  }

  #step(words: readonly string[]): string[] {
    const count = this.#count(words);
    for (let i = 0; i < count; i++) {
      if (!this.#forward()) return this.here();
    }
    return [...effectLines(this.#lastStep()), ...this.here()];
  }

  #back(words: readonly string[]): string[] {
    const { recording } = this.#ready;
    const count = this.#count(words);
    if (recording.position === 0) return ['this is the beginning', ...this.here()];
    recording.seek(Math.max(0, recording.position - count));
    return this.here();
  }

  #next(): string[] {
    if (!this.#forward()) return this.here();
    let depth = this.#depthChange();
    while (depth > 0 && !this.#stopsHere()) {
      if (!this.#forward()) break;
      depth += this.#depthChange();
    }
    return this.#arrived();
  }

  #finish(): string[] {
    let depth = 0;
    do {
      if (!this.#forward()) break;
      depth += this.#depthChange();
    } while (depth >= 0 && !this.#stopsHere());
    return this.#arrived();
  }

  #continue(): string[] {
    do {
      if (!this.#forward()) break;
    } while (!this.#stopsHere());
    return this.#arrived();
  }

  #reverse(): string[] {
    const { recording } = this.#ready;
    while (recording.position > 0) {
      recording.seek(recording.position - 1);
      if (this.#stopsHere()) break;
    }
    return this.#arrived();
  }

  #goto(words: readonly string[]): string[] {
    const step = Number(words[0]);
    if (words[0] === undefined || !Number.isInteger(step) || step < 0) return ['error: goto takes a step number'];
    const { recording } = this.#ready;
    while (recording.length < step && this.#moveToEnd() && this.#run.advance());
    if (step > recording.length) return [`error: the run has ${recording.length} steps`];
    recording.seek(step);
    return this.here();
  }

  #moveToEnd(): boolean {
    const { recording } = this.#ready;
    recording.seek(recording.length);
    return true;
  }

  /** +1 where the last step called or was taken to an exception, -1 where it returned, by the instruction's class. */
  #depthChange(): number {
    const { recording } = this.#ready;
    const index = recording.position - 1;
    const event = recording.exceptionAt(index);
    if (event !== undefined) return event.kind === 'return' ? -1 : 1;
    const timing = recording.operationAt(index)?.instruction.encoding.timing;
    if (timing === 'call' || timing === 'call-register') return 1;
    return timing === 'return' ? -1 : 0;
  }

  #pa(): bigint | undefined {
    const { machine } = this.#ready;
    const operation = machine.next();
    return operation === undefined ? undefined : BigInt(machine.physical.base + operation.pa);
  }

  #stopsHere(): boolean {
    return this.#breakpoints.list.length > 0 && this.#breakpoints.at(this.#pa()) !== undefined;
  }

  #isAtEnd(): boolean {
    const { recording } = this.#ready;
    return recording.position === recording.length;
  }

  #arrived(): string[] {
    const hit = this.#breakpoints.list.length > 0 ? this.#breakpoints.at(this.#pa()) : undefined;
    return [...(hit === undefined ? [] : [`breakpoint ${hit.id}, ${hit.place}`]), ...this.here()];
  }

  // The rest.

  #break(words: readonly string[]): string[] {
    if (words.length === 0) {
      const lines = this.#breakpoints.list.map(({ id, place }) => `${id}  ${place}`);
      return lines.length > 0 ? lines : ['no breakpoints'];
    }
    const { id, place, addresses } = this.#breakpoints.add(words.join(' '), this.#ready);
    const names = addresses.map((pa) => this.#ready.code.nameOf(pa));
    return [`breakpoint ${id} at ${place} (${names.join(', ')})`];
  }

  #delete(words: readonly string[]): string[] {
    const id = Number(words[0]);
    return this.#breakpoints.remove(id) ? [] : [`error: no breakpoint '${words[0] ?? ''}'`];
  }

  #who(words: readonly string[]): string[] {
    const what = this.#operand(words, 'who');
    const { recording, typed } = this.#ready;
    const cell = registerCell(this.#ready, what);
    let step: number | undefined;
    if (cell !== undefined) step = recording.lastWriteOfCell(cell);
    else {
      const { pa, size } = typed.resolve(what);
      step = recording.lastWriteOfMemory(pa, size);
    }
    if (step === undefined) return [`no step before this one wrote ${what}`];
    return [`step ${step}: ${recording.stepAt(step).text}`, ...effectLines(recording.stepAt(step))];
  }

  #operand(words: readonly string[], command: string): string {
    if (words.length === 0)
      throw new SourceError(`${command} what? A register, or a path such as vcpu.arch.debug_flags`);
    return words.join(' ');
  }

  #count(words: readonly string[]): number {
    if (words[0] === undefined) return 1;
    const count = Number(words[0]);
    if (!Number.isInteger(count) || count < 1) throw new SourceError(`'${words[0]}' is no number of steps`);
    return count;
  }

  #help(): string[] {
    const width = Math.max(...this.#commands.map(({ usage }) => usage.length));
    return [
      ...this.#commands.map(({ usage, help }) => `${usage.padEnd(width)}  ${help}`),
      'An empty line repeats the last movement.',
    ];
  }

  #quit(): string[] {
    this.finished = true;
    return [];
  }
}

/** A command's words; `x/4` is the command x with the word /4. */
function splitCommand(text: string): string[] {
  const words = text.split(/\s+/);
  const counted = /^x(\/\d+)$/.exec(words[0]!);
  return counted === null ? words : ['x', counted[1]!, ...words.slice(1)];
}
