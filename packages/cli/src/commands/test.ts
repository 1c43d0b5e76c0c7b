import { writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { Command } from 'commander';
import { Failure, unwritable } from '../failure.ts';
import { flag } from '../flag.ts';
import { print } from '../print.ts';
import { readScenarioFile, scenarioFiles } from '../scenario/files.ts';
import { junit, type Outcome } from '../scenario/junit.ts';
import { parseScenarios } from '../scenario/scenario.ts';
import { tryScenario } from '../scenario/try-scenario.ts';

/** `selfsame test`: scenarios of who must be who, kept in a customer's own repository. Needs no server. */
export function testCommand(): Command {
  return new Command('test')
    .description('Try scenarios: items, a policy, and who must be who.')
    .argument('<files...>', 'JSON: one scenario, or a list of them; patterns such as identity/**/*.json too')
    .addOption(flag('--junit <file>', 'write the outcome as JUnit XML, for CI'))
    .addHelpText(
      'after',
      `
A scenario:
  { "name": "a family tablet", "policy": { "preset": "selfsame" },
    "items": [ { "type": "login", "time": "2026-01-01T10:00:00Z", "ids": { "user": "ann", "device": "tablet" } } ],
    "expect": { "people": [ ["user:ann", "device:tablet"] ], "apart": [ ["user:ann", "user:bob"] ],
                "owners": [ { "identifier": "device:tablet", "at": "2026-01-01T10:05:00Z", "person": "user:ann" } ],
                "refused": [ { "item": 0, "rule": "S11" } ] } }

Items are those of POST /v1/batch; "trust": 0 in one says that a page told it. Exits with 1 when anything is not so.

Example:
  selfsame test 'identity/*.json' --junit identity.xml`,
    )
    .action(async (files: readonly string[], { junit: report }: { readonly junit?: string }) => {
      const { readPolicy } = await import('@selfsame/server/policy');
      const outcomes: Outcome[] = [];
      for (const file of scenarioFiles(files))
        for (const [i, scenario] of parseScenarios(readScenarioFile(file), file).entries()) {
          const begun = performance.now();
          const policy = readPolicy(scenario.policy ?? {});
          if ('problems' in policy) throw new Failure(`${file}: policy: ${policy.problems.join('; ')}`, 2);
          const wrong = tryScenario(scenario, policy);
          const name = scenario.name ?? `scenario ${i + 1}`;
          outcomes.push({ file, name, wrong, seconds: (performance.now() - begun) / 1000 });
          print(`${wrong.length === 0 ? 'ok    ' : 'FAILED'}  ${file}: ${name}`);
          for (const one of wrong) print(`        ${one}`);
        }
      if (outcomes.length === 0) throw new Failure(`No scenario is in ${files.join(', ')}.`, 2);
      if (report !== undefined) write(report, outcomes);
      const failed = outcomes.filter(({ wrong }) => wrong.length > 0).length;
      print(`\n${outcomes.length - failed} passed, ${failed} failed`);
      if (failed > 0) throw new Failure(`${failed} of ${outcomes.length} scenarios are not as they should be.`);
    });
}

function write(report: string, outcomes: readonly Outcome[]): void {
  try {
    writeFileSync(report, junit(outcomes));
  } catch (cause) {
    throw unwritable(report, cause);
  }
}
