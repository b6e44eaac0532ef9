import type { Command } from 'commander';

/**
 * Go's flags take `--yes=true` and `--yes=false` for booleans, commander does not: the former becomes `--yes`, the latter
 * `--no-yes` where the command knows that, else nothing.
 */
export function withoutBooleanValues(args: readonly string[], root: Command): string[] {
  const options = allCommands(root).flatMap((command) => command.options);
  const isBoolean = (name: string): boolean => options.some((option) => option.long === name && option.isBoolean());
  const isKnown = (name: string): boolean => options.some((option) => option.long === name);
  const result: string[] = [];
  for (const [index, arg] of args.entries()) {
    if (arg === '--') return [...result, ...args.slice(index)];
    const [, name = '', value = ''] = /^--([\w-]+)=(true|false|1|0|t|f|T|F|TRUE|FALSE|True|False)$/.exec(arg) ?? [];
    if (name === '' || !isBoolean(`--${name}`)) result.push(arg);
    else if (/^[1tT]/.test(value)) result.push(`--${name}`);
    else if (isKnown(`--no-${name}`)) result.push(`--no-${name}`);
  }
  return result;
}

function allCommands(root: Command): Command[] {
  return [root, ...root.commands.flatMap(allCommands)];
}
