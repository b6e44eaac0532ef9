import { execFile } from 'node:child_process';

/** A line that a program of another language prints: a part whose effects it checked, or what it says at its end. */
export interface Report {
  readonly part?: string;
  readonly ok?: boolean;
  /** Operations that it offers, and called none of. */
  readonly missed?: string[];
}

export interface Ended {
  readonly exitCode: number | string;
  readonly reports: readonly Report[];
  readonly stderr: string;
}

/** Runs a program to its end; its lines are JSON. */
export function runReporting(command: string, args: readonly string[]): Promise<Ended> {
  // No byte code beside a script: the checkout stays as it is.
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  return new Promise((resolve) => {
    execFile(command, args, { env }, (error, stdout, stderr) => {
      const reports = stdout.split('\n').filter(Boolean).map(parseReport);
      resolve({ exitCode: error?.code ?? 0, reports, stderr });
    });
  });
}

function parseReport(line: string): Report {
  return JSON.parse(line) as Report;
}
