/** The options that choose what run, trace, step and test run. */
import type { Command } from 'commander';

export interface ScenarioOptions {
  readonly kernel?: string;
  readonly hyp?: string;
}

/** Adds them to a command. */
export function withScenarioOptions(command: Command): Command {
  return command
    .option('--kernel <tree>', 'take hyp.S, its friends and all headers from this Linux tree, configured for arm64')
    .option('--hyp <dir>', 'take hyp.S, vgic-v2-switch.S and vgic-v3-switch.S from this folder');
}
