/**
 * The virtual interface of GICv2 and GICv3 compared with QEMU's: random writes by a hypervisor and accesses by a guest, and
 * after each of them every register.
 *
 * HYPSTEP_ORACLE_SCALE is a factor on the number of accesses, HYPSTEP_ORACLE_SEED another start of the sequence.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cpuModel } from '../../sim/core/models.ts';
import { Machine } from '../../sim/exec/machine.ts';
import { word } from '../exec/processor.ts';
import { ProbeImage } from './exec-probe.ts';
import { Random } from './memory-tables.ts';
import { inTempFolder, withTools } from './tools.ts';

const scale = Number(process.env.HYPSTEP_ORACLE_SCALE ?? '1');
const seed = Number(process.env.HYPSTEP_ORACLE_SEED ?? '20240703');
const ROUNDS = Math.max(1, Math.round(300 * scale));

const ram = { base: 0x4000_0000n, size: 256 << 20 };

/** Fails with the first probe whose results differ. */
function compare(image: ProbeImage, machine: Machine, options: string, names: readonly string[]): void {
  const ours = image.runIn(machine);
  const theirs = inTempFolder((folder) => image.runInQemu('cortex-a57', options, folder));
  names.forEach((name, i) => {
    const show = ({ value, syndrome }: { value: bigint; syndrome: bigint }) =>
      `${value.toString(16)} ${syndrome.toString(16)}`;
    assert.is(
      show(ours[i]!),
      show(theirs[i]!),
      `probe ${i}: ${names.slice(Math.max(0, i - 40), i + 1).join('\n')} (seed ${seed})`,
    );
  });
}

const gicV2 = suite('GICv2 virtual interface');

const GICH = 0x0803_0000n;
const GICV = 0x0804_0000n;

withTools(gicV2, ['qemu-system-aarch64'], "every register is QEMU's after random accesses", () => {
  const random = new Random(seed);
  const image = new ProbeImage(2);
  const names: string[] = [];
  const probe = (name: string, address: bigint) => {
    image.constant(21, address);
    image.probe(word('ldr w0, [x21]'));
    names.push(name);
  };
  const write = (name: string, address: bigint, value: bigint) => {
    image.constant(21, address);
    image.constant(0, value);
    image.execute(word('str w0, [x21]'));
    image.probe(word('nop'));
    names.push(`${name} = ${value.toString(16)}`);
  };
  const priority = () => BigInt(random.below(32)) << 23n;
  const id = () => BigInt(16 + random.below(6));
  write('hcr', GICH, 1n);
  write('ctlr', GICV, 3n);
  write('pmr', GICV + 4n, 0xf8n);
  for (let n = 0; n < ROUNDS; n++) {
    const list = random.below(4);
    const choice = random.below(12);
    if (choice < 4) {
      const state = BigInt(random.pick([0, 1, 1, 1, 2, 3]));
      const kind = BigInt(random.pick([0, 0, 1 << 19]));
      write(
        `lr${list}`,
        GICH + 0x100n + 4n * BigInt(list),
        (state << 28n) | kind | (random.wide(1) << 30n) | priority() | id(),
      );
    } else if (choice === 4) write('hcr', GICH, (random.wide(8) & 0xfen) | (random.chance(80) ? 1n : 0n));
    else if (choice === 5)
      write(
        'vmcr',
        GICH + 8n,
        0xf800_0003n |
          (random.wide(3) << 2n) |
          (random.wide(1) << 9n) |
          (random.pick([2n, 3n, 5n]) << 21n) |
          (random.pick([3n, 4n, 6n]) << 18n),
      );
    else if (choice === 6) write('ctlr', GICV, random.wide(5) | (random.wide(1) << 9n));
    else if (choice === 7) write('pmr', GICV + 4n, random.wide(8));
    else if (choice === 8) probe('iar', GICV + 0xcn);
    else if (choice === 9) probe('iar', GICV + 0xcn);
    else if (choice === 10) write('eoir', GICV + 0x10n, id());
    else write('dir', GICV + 0x1000n, id());
    for (const [name, offset] of [
      ['hcr', 0],
      ['vmcr', 8],
      ['misr', 0x10],
      ['eisr', 0x20],
      ['elrsr', 0x30],
      ['apr', 0xf0],
      ['lr0', 0x100],
      ['lr1', 0x104],
      ['lr2', 0x108],
      ['lr3', 0x10c],
    ] as const) {
      probe(name, GICH + BigInt(offset));
    }
    for (const [name, offset] of [
      ['ctlr', 0],
      ['pmr', 4],
      ['bpr', 8],
      ['rpr', 0x14],
      ['hppir', 0x18],
      ['abpr', 0x1c],
      ['ahppir', 0x28],
    ] as const) {
      probe(`gicv ${name}`, GICV + BigInt(offset));
    }
  }
  const machine = new Machine({ model: cpuModel('cortex-a57'), ram, gicV2: { control: GICH, cpuInterface: GICV } });
  compare(image, machine, '', names);
});

gicV2.run();
