// The cast of the planted stories: who, where and when, settled by the seed alone and before anything else is told.
import type { Day } from '../time/day.ts';
import { monthStart, workdayFrom } from './dates.ts';
import type { Random } from './random.ts';

export interface StoryPerson {
  id: string;
  placementId: string;
  given: string;
  family: string;
  language: string;
}
export interface StoryAccount {
  id: string;
  name: string;
}
export interface StoryCast {
  departure: {
    account: StoryAccount;
    leaver: StoryPerson;
    successor: StoryPerson;
    leftOn: Day;
    bouncedOn: Day;
    learnedOn: Day;
    succeededOn: Day;
  };
  removal: { account: StoryAccount; person: StoryPerson; bouncedOn: Day; gatedOn: Day; removedOn: Day };
  merge: {
    account: StoryAccount;
    survivor: StoryPerson;
    loser: StoryPerson;
    enteredOn: Day;
    mergedOn: Day;
  };
  history: {
    account: StoryAccount;
    parent: StoryAccount;
    sponsor: StoryPerson;
    newSponsor: StoryPerson;
    /** In the order of time. */
    renewedOn: Day;
    grewOn: Day;
    renamedOn: Day;
    retiredOn: Day;
    acquiredOn: Day;
  };
  twoAccounts: {
    group: StoryAccount;
    subsidiary: StoryAccount;
    person: StoryPerson;
    secondPlacementId: string;
    secondStartOn: Day;
  };
}

/** `random` must be fresh from the seed: only a fork of it is used, so that chance elsewhere does not move the stories. */
export function castStories(random: Random, startDay: Day, months: number): StoryCast {
  const own = random.fork('stories');
  const person = (given: string, family: string, language: string): StoryPerson => ({
    id: own.uuid(),
    placementId: own.uuid(),
    given,
    family,
    language,
  });
  const account = (name: string): StoryAccount => ({ id: own.uuid(), name });
  /** The working day after this share of the story. */
  const at = (share: number): Day => workdayFrom(monthStart(startDay, months * share));
  const leftOn = at(0.6);
  const gatedOn = at(0.55) + 21;
  return {
    departure: {
      account: account('Skerrymore Marine Systems'),
      leaver: person('Ingrid', 'Solheim', 'no'),
      successor: person('Mateus', 'Azevedo', 'pt'),
      leftOn,
      bouncedOn: leftOn + 42,
      learnedOn: workdayFrom(leftOn + 43),
      succeededOn: workdayFrom(leftOn + 75),
    },
    removal: {
      account: account('Quarrington Indemnity'),
      person: person('Łukasz', 'Wrona', 'pl'),
      bouncedOn: at(0.55),
      gatedOn,
      removedOn: workdayFrom(gatedOn + 35),
    },
    merge: {
      account: account('Lindemoor Diagnostics'),
      survivor: person('Zoë', 'van der Meer', 'nl'),
      loser: person('Zoe', 'v.d. Meer', 'nl'),
      enteredOn: at(0.45),
      mergedOn: workdayFrom(at(0.45) + 54),
    },
    history: {
      account: account('Tamarind Glass'),
      parent: account('Palisander Holdings'),
      sponsor: person('Aurélie', 'Beaumont', 'fr'),
      newSponsor: person('Kwabena', 'Ashworth', 'en'),
      renewedOn: at(0.2),
      grewOn: at(0.35),
      renamedOn: at(0.5),
      retiredOn: at(0.65),
      acquiredOn: at(0.8),
    },
    twoAccounts: {
      group: account('Corvenna Énergie'),
      subsidiary: account('Corvenna Énergie Sud'),
      person: person('Léa', 'Fontanel', 'fr'),
      secondPlacementId: own.uuid(),
      secondStartOn: at(0.4),
    },
  };
}

export const storyName = ({ given, family }: StoryPerson): string => `${given} ${family}`;
