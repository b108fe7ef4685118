/** Extension specifiers and their option values (Arm ARM C6.2.5, DecodeRegExtend). */

export const extendNames = ['uxtb', 'uxth', 'uxtw', 'uxtx', 'sxtb', 'sxth', 'sxtw', 'sxtx'] as const;

export function extendOf(option: number): string {
  return extendNames[option]!;
}
