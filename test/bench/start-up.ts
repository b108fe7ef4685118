/** What a command line costs before it does anything of its own, and the default scenario as a whole. */
import { benchCommand, hypstep, nodeAlone } from './commands.ts';

export function benchStartUp(): void {
  benchCommand('hypstep run, cold, the default scenario', hypstep('run'), { 'node -e 0': nodeAlone });
  benchCommand('hypstep --version, cold', hypstep('--version'), { 'node -e 0': nodeAlone });
}
