// The envelope's shared words: who did it, on what evidence, by which policy. All of it is stored in the clear.

export type ActorKind = 'person' | 'integration' | 'policy' | 'system';

/** Who made a change: `id` is an opaque subject of the organisation's own, never a customer's name. */
export interface Actor {
  id: string;
  kind: ActorKind;
  /** The team at that time. */
  team?: string;
  onBehalfOf?: string;
}

/** What a change rests on. The text of an evidence is personal and therefore sealed with the event's data. */
export interface EvidenceReference {
  /** bounce, reply, feed_record, word, event, document, … (lower snake case). */
  kind: string;
  /** Id of the event that is the evidence. */
  eventId?: string;
  /** Hash of a sealed document. */
  digest?: string;
}

export interface PolicyReference {
  name: string;
  version: number;
}

/** The part of an envelope that a store keeps but never interprets. All of it is in the clear. */
export interface EventMeta {
  effectiveOn?: string;
  actor: Actor;
  source: string;
  commandId: string;
  requestDigest: string;
  causationId?: string;
  correlationId?: string;
  policy?: PolicyReference;
  reasonCode?: string;
  evidence?: EvidenceReference[];
}
