/**
 * The process that owns the VM, as far as a scenario tells of it: what it does before an entry by ioctl, and how its devices
 * answer (Linux: Documentation/virtual/kvm/api.txt).
 */
import { SourceError } from '../../asm/source/diagnostics.ts';
import { positionOf } from '../../asm/source/source-file.ts';
import { type GuestDebug, setGuestDebug } from '../kvm/debug.ts';
import { KvmError } from '../kvm/kvm-host.ts';
import { loadedValue, memoryBytes, readData, writeData } from '../kvm/mmio.ts';
import { coreRegisterId, getOneReg, setOneReg, sizeOfId, systemRegisterId } from '../kvm/one-reg.ts';
import type { ExitReason } from '../kvm/outcome.ts';
import type { DebugRegisterKind, Vcpu } from '../kvm/vcpu-state.ts';
import { injectVirtualInterrupt } from '../kvm/vgic.ts';
import type { ReadyMachine } from './ready.ts';
import type { Scenario } from './schema.ts';

type BeforeEntry = Scenario['before_entry'][number];
type OneReg = BeforeEntry['one_reg'][number];
type ScenarioDebug = NonNullable<BeforeEntry['guest_debug']>;

/** An access that KVM_EXIT_MMIO asked for. */
export interface DeviceAccess {
  readonly address: bigint;
  readonly size: number;
  /** What a little-endian device gets; undefined for a read. */
  readonly written: bigint | undefined;
}

export class UserSpace {
  /** Why KVM_RUN came back, one for each time. */
  readonly exits: ExitReason[] = [];
  readonly mmio: DeviceAccess[] = [];
  /** Ioctls and accesses that did not go as the scenario says. */
  readonly failures: string[] = [];
  readonly #ready: ReadyMachine;
  /** How many reads each device has answered. */
  readonly #answered: number[];
  /** The entries that the host has made. */
  #entries = 0;

  constructor(ready: ReadyMachine) {
    this.#ready = ready;
    this.#answered = ready.scenario.devices.map(() => 0);
  }

  /** KVM_RUN has come back: an access to a device is carried out. */
  returned(vcpu: Vcpu, reason: ExitReason): void {
    this.exits.push(reason);
    if (reason !== 'KVM_EXIT_MMIO') return;
    const isWrite = vcpu.readRun('mmio.is_write') !== 0n;
    const size = Number(vcpu.readRun('mmio.len'));
    const written = isWrite ? loadedValue(readData(vcpu, size), false) : undefined;
    this.mmio.push({ address: vcpu.readRun('mmio.phys_addr'), size, written });
    if (!isWrite) this.#answer(vcpu);
  }

  /** What the scenario has user space do before entry `entry`, counted from 1. Throws SourceError for a path that is none. */
  beforeEntry(entry: number): void {
    const { scenario } = this.#ready;
    this.#entries = entry;
    if (entry === 1 && scenario.guest_debug !== undefined) {
      this.#debug(this.#vcpu(0, ['vcpus']), scenario.guest_debug, ['guest_debug']);
    }
    scenario.before_entry.forEach((action, n) => {
      if (action.entry === entry) this.#act(action, ['before_entry', n]);
    });
  }

  /** A line for each part of `before_entry` whose entry has not come: `a.yaml:9:5: entry 3 never came`. */
  get missed(): readonly string[] {
    return this.#ready.scenario.before_entry.flatMap(({ entry }, n) => {
      if (entry <= this.#entries) return [];
      const entries = this.#entries === 1 ? 'once' : `${this.#entries} times`;
      const at = this.#at(['before_entry', n, 'entry']);
      return [`${at}: entry ${entry} never came: the host has entered the guest ${entries}`];
    });
  }

  #act(action: BeforeEntry, keys: readonly PropertyKey[]): void {
    const { typed, evaluate } = this.#ready;
    const vcpu = this.#vcpu(action.vcpu, [...keys, 'vcpu']);
    for (const [path, value] of Object.entries(action.expect)) {
      this.#told([...keys, 'expect', path], () => this.#mustBe(path, evaluate(value), [...keys, 'expect', path]));
    }
    for (const [path, value] of Object.entries(action.fields)) {
      this.#told([...keys, 'fields', path], () => typed.write(path, evaluate(value)));
    }
    if (action.guest_debug !== undefined) this.#debug(vcpu, action.guest_debug, [...keys, 'guest_debug']);
    action.one_reg.forEach((oneReg, n) => {
      this.#told([...keys, 'one_reg', n], () => this.#oneReg(vcpu, oneReg, [...keys, 'one_reg', n]));
    });
    for (const interrupt of action.irq) injectVirtualInterrupt(vcpu, interrupt);
    this.#cpuLine(vcpu, 'HCR_VI', action.cpu_irq);
    this.#cpuLine(vcpu, 'HCR_VF', action.cpu_fiq);
  }

  #mustBe(path: string, expected: bigint, keys: readonly PropertyKey[]): void {
    const found = this.#ready.typed.read(path);
    if (found === expected) return;
    this.failures.push(`${this.#at(keys)}: ${path} is 0x${found.toString(16)}, expected 0x${expected.toString(16)}`);
  }

  #cpuLine(vcpu: Vcpu, name: string, level: boolean | undefined): void {
    if (level === undefined) return;
    const bit = this.#ready.facts.constant(name);
    vcpu.change('arch.irq_lines', level ? bit : 0n, level ? 0n : bit);
  }

  #debug(vcpu: Vcpu, asked: ScenarioDebug, keys: readonly PropertyKey[]): void {
    try {
      setGuestDebug(vcpu, this.#guestDebug(asked));
    } catch (error) {
      if (!(error instanceof KvmError)) throw error;
      this.failures.push(`${this.#at(keys)}: KVM_SET_GUEST_DEBUG: ${error.message}`);
    }
  }

  #guestDebug({ enable, singlestep, use_sw_bp, registers }: ScenarioDebug): GuestDebug {
    const { facts, evaluate } = this.#ready;
    const flag = (name: string, isSet: boolean) => (isSet ? facts.constant(`KVM_GUESTDBG_${name}`) : 0n);
    const control =
      flag('ENABLE', enable) |
      flag('SINGLESTEP', singlestep) |
      flag('USE_SW_BP', use_sw_bp) |
      flag('USE_HW', registers !== undefined);
    const values = Object.entries(registers ?? {}).map(([name, value]) => {
      const [, kind, n] = /^dbg(...?)(\d+)_el1$/.exec(name)!;
      return { kind: kind as DebugRegisterKind, n: Number(n), value: evaluate(value) };
    });
    return { control: enable ? control : 0n, registers: values };
  }

  #oneReg(vcpu: Vcpu, { get, set, value, errno }: OneReg, keys: readonly PropertyKey[]): void {
    const { userMemory } = this.#ready.vm;
    const { base } = userMemory;
    const what = `${set === undefined ? 'KVM_GET_ONE_REG' : 'KVM_SET_ONE_REG'} ${get ?? set}`;
    const given = value === undefined ? undefined : this.#ready.evaluate(value);
    try {
      const id = this.#identifier((get ?? set)!);
      const size = sizeOfId(id);
      if (set !== undefined) {
        userMemory.write(base, Uint8Array.from(memoryBytes(given!, size, false)));
        setOneReg(vcpu, userMemory, id, base);
      } else {
        getOneReg(vcpu, userMemory, id, base);
        const read = userMemory.read(base, size).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
        if (given !== undefined && read !== given) {
          this.failures.push(`${this.#at(keys)}: ${what} is 0x${read.toString(16)}, expected 0x${given.toString(16)}`);
        }
      }
      if (errno !== undefined) this.failures.push(`${this.#at(keys)}: ${what} was expected to end in ${errno}`);
    } catch (error) {
      if (!(error instanceof KvmError)) throw error;
      if (error.code !== errno) this.failures.push(`${this.#at(keys)}: ${what}: ${error.message}`);
    }
  }

  /** A register's identifier: a number, `core.` and a path in struct kvm_regs, or a system register's name. */
  #identifier(text: string): bigint {
    if (/^0x[0-9a-f]+$/i.test(text)) return BigInt(text);
    if (!text.startsWith('core.')) return systemRegisterId(text);
    const { typed } = this.#ready;
    const start = typed.resolve('vcpu.arch.ctxt.gp_regs').pa;
    const { pa, size } = typed.resolve(`vcpu.arch.ctxt.gp_regs.${text.slice('core.'.length)}`);
    return coreRegisterId(Number(pa - start), size as 4 | 8 | 16);
  }

  #answer(vcpu: Vcpu): void {
    const { scenario, evaluate } = this.#ready;
    const address = vcpu.readRun('mmio.phys_addr');
    const n = scenario.devices.findIndex((one) => address >= one.address && address < one.address + one.size);
    const device = scenario.devices[n];
    const size = Number(vcpu.readRun('mmio.len'));
    if (device === undefined) {
      this.failures.push(
        `the guest read ${size} bytes at 0x${address.toString(16)}, where no device is (key 'devices')`,
      );
    }
    const answers = device?.answers ?? [];
    const answer = answers[Math.min(this.#answered[n] ?? 0, answers.length - 1)];
    if (device !== undefined) this.#answered[n]!++;
    // A device is little-endian, as all of a virtual machine's are by custom.
    writeData(vcpu, memoryBytes(answer === undefined ? 0n : evaluate(answer), size, false));
  }

  #vcpu(n: number, keys: readonly PropertyKey[]): Vcpu {
    const vcpu = this.#ready.vm.vcpus[n];
    if (vcpu !== undefined) return vcpu;
    throw new SourceError(`there is no vcpu ${n} (key 'vcpus')`, this.#ready.loaded.placeOf(...keys));
  }

  /** Runs `action`; a SourceError gets the place of `keys`. */
  #told(keys: readonly PropertyKey[], action: () => void): void {
    try {
      action();
    } catch (error) {
      if (error instanceof SourceError) throw new SourceError(error.message, this.#ready.loaded.placeOf(...keys));
      throw error;
    }
  }

  #at(keys: readonly PropertyKey[]): string {
    const { name, line, column } = positionOf(this.#ready.loaded.placeOf(...keys));
    return `${name}:${line}:${column}`;
  }
}
