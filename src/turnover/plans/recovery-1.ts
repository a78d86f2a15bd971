// The plan `recovery`, version 1. A plan that was ever followed is never edited: another version is another file.
import { type Plan, type PlanStep, zPlan } from '../plan.ts';

const filled = { roleOutcomes: ['refilled', 'merged'] } as const;
const step = (
  stage: PlanStep['stage'],
  key: string,
  [title, ownerRole, dueBusinessDays, weight]: [string, string, number, number],
  more: object = {},
) => ({ stage, key, title, ownerRole, dueBusinessDays, weight, ...more });

export const recovery1: Plan = zPlan.parse({
  name: 'recovery',
  version: 1,
  steps: [
    step(
      'detected',
      'call_main_number',
      [
        'Call the human resources department or the main number: nobody else is left to call',
        'success_manager',
        0,
        2,
      ],
      { when: { coverageBands: ['none'] } },
    ),
    step(
      'detected',
      'confirm_departure',
      ['Find out whether the contact really left', 'success_manager', 1, 1],
      { answeredBy: 'departure' },
    ),
    step('detected', 'assess_coverage', ['Find out who can still be reached', 'success_manager', 2, 2], {
      answeredBy: 'coverage',
    }),
    step('detected', 'learn_destination', ['Learn where the contact went', 'success_manager', 3, 1], {
      answeredBy: 'destination',
    }),
    step(
      'coverage_assessed',
      'tell_executive',
      ['Tell our own executive of the risk', 'success_manager', 2, 1],
      {
        when: { arrBands: ['large'] },
      },
    ),
    step(
      'coverage_assessed',
      'learn_role_outcome',
      ['Learn what becomes of the role: refilled, merged or given up', 'success_manager', 5, 2],
      { answeredBy: 'role_outcome' },
    ),
    step(
      'coverage_assessed',
      'capture_value',
      ['Write down what the product is worth to them', 'success_manager', 10, 1],
      { answeredBy: 'product_value' },
    ),
    step(
      'role_outcome_known',
      'agree_interim_plan',
      ['Agree on who stands in, and on what goes on meanwhile', 'success_manager', 3, 1],
      { when: filled },
    ),
    step(
      'role_outcome_known',
      'identify_replacement',
      ['Learn who takes the role over, and where from', 'success_manager', 20, 2],
      { answeredBy: 'replacement', when: filled },
    ),
    step(
      'role_outcome_known',
      'agree_ongoing_plan',
      ['Agree on a plan for the merged role', 'success_manager', 10, 1],
      { when: { roleOutcomes: ['merged'] } },
    ),
    step(
      'replacement_identified',
      'introduce',
      ['Introduce ourselves to the new contact', 'success_manager', 3, 1],
      {
        after: ['identify_replacement'],
        when: filled,
      },
    ),
    step(
      'replacement_identified',
      'learn_intentions',
      ['Learn what the new contact intends with the product', 'success_manager', 10, 2],
      { answeredBy: 'intentions', when: filled },
    ),
    step(
      'onboarding',
      'onboard_internal',
      ['Limited onboarding: knows the company already', 'trainer', 10, 3],
      {
        after: ['introduce'],
        when: { ...filled, replacements: ['internal'] },
      },
    ),
    step('onboarding', 'onboard_new', ['Full onboarding: new to this function', 'trainer', 30, 4], {
      after: ['introduce'],
      when: { ...filled, replacements: ['external', 'external_new'] },
    }),
    step(
      'onboarding',
      'onboard_from_competitor',
      ["Full onboarding, told against the competitor's product that the new contact knows", 'trainer', 30, 4],
      { after: ['introduce'], when: { ...filled, replacements: ['external_competitor'] } },
    ),
    step('onboarding', 'review_value', ['Review the value together', 'success_manager', 45, 2], {
      after: ['introduce'],
      when: filled,
    }),
    step(
      'onboarding',
      'extend_or_part',
      ['Agree on an extension without the role, or on an orderly end', 'success_manager', 15, 4],
      { when: { roleOutcomes: ['given_up'] } },
    ),
    step('onboarding', 'win_advocate', ['Have an advocate in the account again', 'success_manager', 60, 2], {
      answeredBy: 'advocate',
    }),
  ],
});
