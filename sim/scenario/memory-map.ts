/**
 * Physical addresses as QEMU's machine `virt` has them (hw/arm/virt.c), for boards and for the machines of scenarios: what runs
 * here runs there.
 */

export const GICD = 0x0800_0000n;
export const GICC = 0x0801_0000n;
/** GICv2's virtual interface control registers, and its virtual CPU interface. */
export const GICH = 0x0803_0000n;
export const GICV = 0x0804_0000n;
export const GICR = 0x080a_0000n;
export const UART = 0x0900_0000n;
export const RAM_BASE = 0x4000_0000n;
