// What an option names: a definition of key roles, or one of the figures of the executive report.
import { expect, test } from 'vitest';
import { reportDefinitionOf } from '../../src/cli/turnover-rules.ts';
import { executiveReportDefinition } from '../../src/reports/executive-report.ts';
import { defaultRules } from '../../src/turnover/rules.ts';

test('a report can be asked for under an earlier definition of its figures, too', () => {
  const named = (text: string) => reportDefinitionOf(text, defaultRules);
  expect(named('executive_report:1')).toEqual({ name: 'executive_report', version: 1 });
  expect(named('executive_report')).toEqual(executiveReportDefinition);
  expect(named('key_role:1')).toMatchObject({ name: 'key_role', keyRoles: {} });
  expect(() => named('executive_report:9')).toThrow('cannot be read');
});
