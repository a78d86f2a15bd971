// The access report: all that is held of a person, for the person who asks.
import { Arg, Ctx, Field, ID, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import { accessReport, type AccessReport as Report } from '../src/access/access-report.ts';
import { writeReport } from '../src/access/write-report.ts';
import { displayed } from '../src/changes.ts';
import { zId } from '../src/event-contract.ts';
import type { Context } from './context.ts';
import { ExportRecord } from './erasure.ts';
import { noteLook } from './looks.ts';
import { parseInput } from './parse-input.ts';
import { EdtfDate, Instant, Position } from './scalars.ts';

export const ReportFormat = { JSON: 'json', JSCONTACT: 'jscontact', HTML: 'html' } as const;
export type ReportFormat = (typeof ReportFormat)[keyof typeof ReportFormat];
registerEnumType(ReportFormat, {
  name: 'ReportFormat',
  description: 'How an access report is written.',
  valuesConfig: {
    JSON: { description: 'Everything, as JSON.' },
    JSCONTACT: { description: 'What counts now, as a JSContact card (RFC 9553).' },
    HTML: { description: 'Everything, as a page that loads nothing else.' },
  },
});

@ObjectType({ description: 'A value that is or was believed of the person, and where it comes from.' })
export class ReportedValue {
  @Field(() => ID, { description: 'The contact, of those that are one person.' })
  contactId: string;

  @Field(() => String, {
    description:
      'What it is, by the fields of a history, such as email or placement.title; placement.buyingRole.ending says why a role ended.',
  })
  field: string;

  @Field(() => String, {
    nullable: true,
    description: 'Kind of a phone, name of an attribute, post of a placement or else the id of its account.',
  })
  label: string | null;

  @Field(() => String, { nullable: true, description: 'The value as text.' })
  value: string | null;

  @Field(() => EdtfDate, {
    nullable: true,
    description: 'Since when it was so. Null: not known, or from the beginning.',
  })
  since: string | null;

  @Field(() => Instant, { description: 'When the organisation learned it.' })
  learnedAt: number;

  @Field(() => Instant, { nullable: true, description: 'When the ledger stored it.' })
  recordedAt: number | null;

  @Field(() => String, { nullable: true, description: 'The system that said so.' })
  source: string | null;

  @Field(() => String, { nullable: true, description: 'Subject of who recorded it.' })
  actor: string | null;

  @Field(() => ID, { description: 'The event that says so.' })
  eventId: string;
}

@ObjectType({ description: 'All that is held of a person.' })
export class AccessReport {
  report: Report;

  @Field(() => [ID], { description: 'All ids of the person, the one asked for first.' })
  contactIds: string[];

  @Field(() => Instant, { description: 'When it was made.' })
  generatedAt: number;

  @Field(() => Position, { description: 'The position that it rests on.' })
  position: number;

  @Field(() => [ReportedValue], {
    description:
      'Every value that is or was believed, with its source and dates; what was undone is among the events of the document.',
  })
  values(): ReportedValue[] {
    return this.report.values.map(({ learnedAtMs, recordedAtMs, value, ...same }) => ({
      ...same,
      value: displayed(value),
      learnedAt: learnedAtMs,
      recordedAt: recordedAtMs,
    }));
  }

  @Field(() => [ExportRecord], { description: 'Exports that may hold the person.' })
  exports(): ExportRecord[] {
    return this.report.exports.map(({ atMs, ...made }) => ({ ...made, at: atMs }));
  }

  @Field(() => String, {
    description: 'The whole report as a document: every event with its content, and who looked.',
  })
  document(
    @Arg('format', () => ReportFormat, { description: 'How it is written.' }) format: ReportFormat,
  ): string {
    return writeReport(this.report, format);
  }
}

@Resolver()
export class AccessReportQueries {
  @Query(() => AccessReport, {
    nullable: true,
    description:
      'All that is held of a person (GDPR Art. 15): values with source and dates, events, recipients, who looked. ' +
      'Asking for it is recorded. Null: no such contact.',
  })
  async accessReport(
    @Ctx() context: Context,
    @Arg('contactId', () => ID, { description: 'Any id of the person.' }) contactId: string,
  ): Promise<AccessReport | null> {
    const { app } = context;
    const report = await accessReport(app, parseInput(zId, contactId, 'contactId'));
    if (!report) return null;
    noteLook(context, 'access_report', report.contactIds);
    const { contactIds, generatedAtMs: generatedAt, position } = report;
    return Object.assign(new AccessReport(), { report, contactIds, generatedAt, position });
  }
}
