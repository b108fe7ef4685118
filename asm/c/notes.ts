/** Notes that go with an error: where what it speaks of was declared. */
import type { Diagnostic } from '../source/diagnostics.ts';
import type { Place } from '../source/source-file.ts';

export function noteAt(message: string, place: Place): Diagnostic {
  return { severity: 'note', message, place };
}
