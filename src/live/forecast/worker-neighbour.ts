/** A process that keeps one processor busy as a model server does: it decodes until its parent is gone. node worker-neighbour.js MODEL */
import { loadLlamaRuntime } from "../../models/runtimes/load-llama-runtime.js";

const PROMPT = [1, 2, 3, 4], CONTEXT_TOKENS = 256;
let isWanted = true;
process.on("message", () => { isWanted = false; });
process.on("disconnect", () => { isWanted = false; });

const model = await loadLlamaRuntime().load(process.argv[2]!, { contextTokens: CONTEXT_TOKENS, threads: 1 }), sequence = model.openSequence();
process.send!("busy");
while (isWanted) {
  await sequence.rewind(0);
  await sequence.prefill(PROMPT);
  for await (const _ of sequence.decode({ maxTokens: CONTEXT_TOKENS / 2 })) if (!isWanted) break;
}
await model.dispose();
process.exit(0);
