// What to look at in the planted stories: names, ids and days for the queries that the demo prints.
import { type Day, isoFromDay } from '../time/day.ts';
import { renamedTo } from './stories.ts';
import { type StoryCast, storyName } from './story-cast.ts';

export interface DemoHighlight {
  story: 'late_departure' | 'removal' | 'merge' | 'account_history' | 'two_accounts';
  /** One sentence: what happened. */
  title: string;
  /** One sentence: which question shows it. */
  lookAt: string;
  contacts: { id: string; name: string; as: string }[];
  accounts: { id: string; name: string }[];
  /** Name of the post whose holders tell the story. */
  post?: string;
  /** Days worth asking about (ISO 8601), in the order of time, with what is to be seen. */
  days: { on: string; what: string }[];
}

const day = (on: Day, what: string) => ({ on: isoFromDay(on), what });
const contact = (person: Parameters<typeof storyName>[0] & { id: string }, as: string) => ({
  id: person.id,
  name: storyName(person),
  as,
});

export function highlightsOf(cast: StoryCast): DemoHighlight[] {
  return [
    departure(cast.departure),
    removal(cast.removal),
    merge(cast.merge),
    history(cast.history),
    twoAccounts(cast.twoAccounts),
  ];
}

function departure(cast: StoryCast['departure']): DemoHighlight {
  return {
    story: 'late_departure',
    title: `The champion of ${cast.account.name} left, and a bounced mail told it six weeks later.`,
    lookAt:
      'Successions of the post "champion" with the gap; the contact as of a day between, as known then and now.',
    contacts: [contact(cast.leaver, 'left'), contact(cast.successor, 'followed')],
    accounts: [cast.account],
    post: 'champion',
    days: [
      day(cast.leftOn, 'she left, and nobody knew'),
      day(cast.leftOn + 14, 'known then: still there; known now: gone'),
      day(cast.bouncedOn, 'the mail bounced'),
      day(cast.learnedOn, 'the departure was recorded'),
      day(cast.succeededOn, 'the successor started'),
    ],
  };
}

function removal(cast: StoryCast['removal']): DemoHighlight {
  return {
    story: 'removal',
    title: `${storyName(cast.person)} was taken off ${cast.account.name} by the removal gate, then removed by operations.`,
    lookAt: 'History of the contact: which rule, who, why, and on what evidence.',
    contacts: [contact(cast.person, 'removed')],
    accounts: [cast.account],
    days: [
      day(cast.bouncedOn, 'the mail bounced'),
      day(cast.gatedOn, 'the gate removed the placement'),
      day(cast.removedOn, 'a person removed the contact'),
    ],
  };
}

function merge(cast: StoryCast['merge']): DemoHighlight {
  return {
    story: 'merge',
    title: `${storyName(cast.loser)} from a web form turned out to be ${storyName(cast.survivor)} and was merged.`,
    lookAt: 'Ask for the merged id: it leads to the survivor, who now has both addresses.',
    contacts: [contact(cast.survivor, 'survivor'), contact(cast.loser, 'merged into the survivor')],
    accounts: [cast.account],
    days: [day(cast.enteredOn, 'entered a second time'), day(cast.mergedOn, 'merged')],
  };
}

function history(cast: StoryCast['history']): DemoHighlight {
  return {
    story: 'account_history',
    title: `${cast.account.name} grew out of its segment, took a new name, lost its sponsor and was bought.`,
    lookAt: 'The account with its contacts as of each of the days.',
    contacts: [contact(cast.sponsor, 'sponsor until retiring'), contact(cast.newSponsor, 'sponsor since')],
    accounts: [{ id: cast.account.id, name: renamedTo }, cast.parent],
    post: 'executive sponsor',
    days: [
      day(cast.renewedOn, 'renewed with more'),
      day(cast.grewOn, 'an enterprise account'),
      day(cast.renamedOn, `renamed to ${renamedTo}`),
      day(cast.retiredOn, 'the sponsor retired, as known in advance'),
      day(cast.acquiredOn, `belongs to ${cast.parent.name}`),
    ],
  };
}

function twoAccounts(cast: StoryCast['twoAccounts']): DemoHighlight {
  return {
    story: 'two_accounts',
    title: `${storyName(cast.person)} works at ${cast.group.name} and at ${cast.subsidiary.name} at once.`,
    lookAt: 'The contact with its placements: both are current; each account lists her.',
    contacts: [contact(cast.person, 'at both accounts')],
    accounts: [cast.group, cast.subsidiary],
    days: [day(cast.secondStartOn, 'the second job began')],
  };
}
