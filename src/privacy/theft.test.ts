import { describe, expect, it } from "vitest";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { encodeKeyFile, makeKeys, openKeyFile } from "../protocol/storage/key-file.js";
import { ProtocolError } from "../protocol/protocol-error.js";
import { guessSecret } from "./attacks/guess-secret.js";
import { chanceWithin, describeTheft, SECRET_CHOICES, type SecretChoice } from "./theft.js";

/** The least that scrypt allows, so that guesses take microseconds. */
const CHEAP = { logRounds: 1, blockSize: 1, parallel: 1 };

/** Whether a secret opens the stolen key file: the real one, by its own code. */
function opens(bytes: Buffer): (secret: string) => boolean {
  return (secret) => {
    try { openKeyFile(secret, bytes, 0); return true; } catch (error) {
      if (error instanceof ProtocolError && error.reason === "wrong-key") return false;
      throw error;
    }
  };
}

const PINS = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, "0"));

describe("a thief with the sealed store and without its key", () => {
  it("finds a drawn secret within g guesses g times out of count, and a skewed one as often as its closed form says", () => {
    for (const skew of [0, 1]) {
      const choice: SecretChoice = { name: "two digits", logCount: Math.log2(100), skew, origin: "assumed", source: "planted" };
      const stream = new RandomStream(3, 0, Purpose.test).seek(skew, 0), budget = 12, stores = 250;
      let found = 0;
      for (let store = 0; store < stores; store++) {
        const luck = stream.nextUniform();
        let rank = 0;
        while (chanceWithin(choice, rank + 1) < luck) rank++;
        if (guessSecret(PINS, opens(encodeKeyFile(makeKeys(PINS[rank]!, CHEAP))), budget).isFound) found++;
      }
      const expected = chanceWithin(choice, budget), sd = Math.sqrt((expected * (1 - expected)) / stores);
      expect(Math.abs(found / stores - expected)).toBeLessThan(3 * sd);
    }
  });

  it("finds nothing where the secret is 128 random bits", () => {
    const secret = "9f86d081884c7d659a2feaa0c55ad015", store = encodeKeyFile(makeKeys(secret, CHEAP));
    expect(guessSecret(PINS, opens(store), 1000)).toEqual({ isFound: false, guesses: 100 });
    expect(opens(store)(secret)).toBe(true);
  });
});

describe("the numbers of theft", () => {
  it("have min-entropy -log2 of the likeliest secret and leakage log2 of what guesses add", () => {
    const drawn = SECRET_CHOICES[1]!;
    expect(describeTheft(drawn, 1, 100, 1).guesses).toBe(100);
    expect(describeTheft(drawn, 1, 100, 1).found).toBeCloseTo(0.01, 12);
    expect(describeTheft(drawn, 1, 100, 1).minEntropyBits).toBeCloseTo(Math.log2(1e4), 9);
    expect(describeTheft(drawn, 1, 100, 1).leakageBits).toBeCloseTo(Math.log2(100), 9);
  });

  it("never find more than everything, and more with more time", () => {
    for (const choice of SECRET_CHOICES) {
      const found = [1, 60, 86_400, 1e9].map((timeS) => describeTheft(choice, 0.001, timeS, 1000).found);
      expect(found).toEqual([...found].sort((a, b) => a - b));
      expect(found.at(-1)!).toBeLessThanOrEqual(1);
    }
  });
});
