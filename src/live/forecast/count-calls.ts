/** What a model is made to do, counted where the engine is called. */
import type { LoadedModel, Sequence } from "../../models/runtimes/runtime.js";
import type { ModelCall } from "../../hosted/host-costs.js";

/** A call that may still go on. */
export type GrowingCall = { -readonly [Name in keyof ModelCall]: number };

/** The model, with `onCall` hearing of each sequence when it is opened; its counts grow as it is used. */
export function countCalls(model: LoadedModel, onCall: (call: GrowingCall) => void): LoadedModel {
  return {
    vocabulary: model.vocabulary, width: model.width, contextTokens: model.contextTokens, sequences: model.sequences, threads: model.threads, shape: model.shape,
    encode: (text) => model.encode(text), decodeText: (tokens) => model.decodeText(tokens), isEnd: (token) => model.isEnd(token),
    embed: (tokens) => model.embed(tokens), measureMemory: () => model.measureMemory(), dispose: () => model.dispose(),
    openSequence: () => {
      const call = { promptTokens: 0, steps: 0 };
      onCall(call);
      return counted(model.openSequence(), call);
    },
  };
}

function counted(sequence: Sequence, call: GrowingCall): Sequence {
  return {
    get length() { return sequence.length; },
    prefill: (tokens, options) => {
      call.promptTokens += tokens.length;
      return sequence.prefill(tokens, options);
    },
    async *decode(options) {
      const source = sequence.decode(options);
      try {
        let step = await source.next();
        for (; step.done !== true; step = await source.next()) {
          call.steps++;
          yield step.value;
        }
        if (step.value.reason === "end") call.steps++;
        return step.value;
      } finally {
        await source.return({ reason: "cancelled", text: "" });
      }
    },
    scoreTokens: (tokens, options) => sequence.scoreTokens(tokens, options), nextLogProbabilities: () => sequence.nextLogProbabilities(),
    rewind: (length) => sequence.rewind(length), dispose: () => sequence.dispose(),
  };
}
