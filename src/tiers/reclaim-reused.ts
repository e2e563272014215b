/** What an admitted sequence finds of itself in the KV cache. */
import type { KvBlocks } from "./kv-blocks.js";
import { keyOfPreempted, reusedTokens } from "./replica-engine.js";
import type { ReplicaSettings } from "./replica-engine.js";
import { SlotKind } from "./request-slots.js";
import { RequestField } from "./tier-messages.js";

/**
 * Takes what is left of the sequence from before it was preempted, or else of its session's last turn, out of the cache.
 *
 * @returns Tokens that need not be computed again.
 */
export function reclaimReused(settings: ReplicaSettings, kv: KvBlocks, isSystemWarm: boolean, slot: number, targetTokens: number): number {
  const { slots } = settings;
  if (!settings.prefixCache) return reusedTokens(settings, isSystemWarm, targetTokens, 0, 0);
  const ownBlocks = slots.preemptions[slot] === 0 ? 0 : kv.reclaim(keyOfPreempted(slot));
  if (ownBlocks > 0) return reusedTokens(settings, isSystemWarm, targetTokens, targetTokens, ownBlocks);
  const prefixTokens = slots.kind[slot] === SlotKind.client ? slots.field(slot, RequestField.prefixTokens) : 0;
  return reusedTokens(settings, isSystemWarm, targetTokens, prefixTokens, prefixTokens > 0 ? kv.reclaim(slots.sessionKey(slot)) : 0);
}
