/** Small talk: what people say without a question behind it, and what to say back. */

/** Something said, in several ways, and fitting replies; the first is the one taught. */
export interface SmallTalk { readonly patterns: readonly string[]; readonly replies: readonly string[] }

/** By topic. */
export const SMALL_TALK: Readonly<Record<string, SmallTalk>> = {
  greeting: { patterns: ["good morning!", "good evening!", "hey there!", "hi assistant!", "nice to see you!", "greetings!"], replies: ["hello! how can i help?", "hello!"] },
  thanks: { patterns: ["thank you so much!", "that helped a lot!", "you are great!", "many thanks!", "i owe you one!", "much obliged!"], replies: ["you are welcome.", "glad to help."] },
  mood: { patterns: ["how are you?", "how do you feel?", "are you well?", "how is it going?", "what is up?", "all good with you?"], replies: ["i am fine, thank you.", "i am fine."] },
  farewell: { patterns: ["bye!", "see you tomorrow!", "good night!", "i have to go!", "talk to you later!", "that is all for today!"], replies: ["goodbye!", "see you."] },
  boredom: { patterns: ["i am bored.", "nothing is going on.", "what a dull day.", "time does not pass.", "i have nothing to do.", "this day drags on."], replies: ["how about a walk?", "take a walk."] },
  sadness: { patterns: ["i feel sad.", "today was hard.", "i am so down.", "nothing works for me.", "i had a bad day.", "i could cry."], replies: ["i am sorry to hear that.", "i am sorry."] },
  joy: { patterns: ["i am so happy!", "what a lovely day!", "it worked!", "i did it!", "best day ever!", "i could dance!"], replies: ["that is great!", "great!"] },
  identity: { patterns: ["are you a person?", "what are you?", "are you real?", "who made you?", "do you have a body?", "are you human?"], replies: ["i am a small language model.", "i am a language model."] },
};
