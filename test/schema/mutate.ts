// Mutations in a few words: the text of one, its answer, and what a mistake in its input is told as.
import { expect } from 'vitest';
import type { Application } from '../../src/application.ts';
import { turnoverCommands } from '../../src/turnover/commands.ts';
import { ask } from '../support/app-in-memory.ts';

type Json = Record<string, unknown>;

export interface Answer {
  position: number | null;
  version: number | null;
  eventIds: string[];
  repeated: boolean;
  rejection: { code: string; path: string; message: string } | null;
  contact?: Json | null;
  account?: Json | null;
  turnover?: Json | null;
}

/** The text of a mutation; `fields` are those of the contact or account to ask for. */
function textOf(name: string, fields: string): string {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const isAccount = name.includes('Account') || name === 'decideRenewal';
  const isTurnover = Object.hasOwn(turnoverCommands, type);
  const entity = isTurnover ? 'turnover' : isAccount ? 'account' : 'contact';
  const input = `${type}Input`;
  return `mutation ($input: ${input}!) {
    answer: ${name}(input: $input) {
      ${entity} { ${fields} } position version eventIds repeated rejection { code path message }
    }
  }`;
}

/** Sends a mutation, whatever comes of it. */
export async function send(app: Application, name: string, input: Json, fields = 'id'): Promise<Answer> {
  const { data, errors } = await ask(app, textOf(name, fields), { input });
  expect(errors).toBeUndefined();
  return (data as { answer: Answer }).answer;
}

/** Sends a mutation that must succeed and gives back the contact or account as it is then. */
export async function change<T = Json>(
  app: Application,
  name: string,
  input: Json,
  fields = 'id',
): Promise<T> {
  const answer = await send(app, name, input, fields);
  expect(answer.rejection).toBeNull();
  return (answer.contact ?? answer.account ?? answer.turnover) as T;
}

/** Sends a mutation that must be refused; nothing was written then. */
export async function refusal(
  app: Application,
  name: string,
  input: Json,
): Promise<{ code: string; path: string; message: string }> {
  const head = await app.store.head();
  const { contact, account, turnover, rejection, ...others } = await send(app, name, input);
  expect(others).toEqual({ position: null, version: null, eventIds: [], repeated: false });
  expect(contact ?? account ?? turnover ?? null).toBeNull();
  expect(await app.store.head()).toBe(head);
  return rejection!;
}

/** Sends a mutation whose input must be a mistake; nothing was written then. */
export async function mistake(
  app: Application,
  name: string,
  input: Json,
): Promise<{ message: string; extensions: Json }> {
  const head = await app.store.head();
  const { errors } = await ask(app, textOf(name, 'id'), { input });
  expect(errors).toHaveLength(1);
  expect(await app.store.head()).toBe(head);
  const { message, extensions } = errors![0]!;
  return { message, extensions };
}
