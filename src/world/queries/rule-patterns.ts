/**
 * Ways to ask for what follows from a personal value and a fact. `own`: the asker means their own value, which is left to
 * the personal context. `open`: the value {o} is said. {e} is the entity asked about.
 */

/** Patterns of one rule; `open` is empty where the open question is a plain question for a fact. */
export interface RulePatterns { readonly own: readonly string[]; readonly open: readonly string[] }

/** By rule. */
export const RULE_PATTERNS = {
  savings: {
    own: ["what does my bank pay on savings?", "how much interest do i get?", "what do my savings earn?", "interest at my bank?", "which savings rate do i have?", "my savings rate?"],
    open: [],
  },
  fee: {
    own: ["what does my account cost a month?", "what do i pay my bank a month?", "how expensive is my bank?", "price of my account?", "which fee do i pay?", "my bank fee?"],
    open: [],
  },
  tax: {
    own: ["what is my tax rate?", "how much tax do i pay?", "which tax is due on my salary?", "what share of my pay goes to tax?", "how is my salary taxed?", "my tax?"],
    open: ["what is the tax rate for {o}?", "how much tax is due on a salary of {o}?", "who earns {o} pays which tax?", "how are {o} a year taxed?", "what tax goes off {o}?", "tax for {o}?"],
  },
  loan: {
    own: ["can i get a loan from {e}?", "would {e} lend to me?", "is my salary enough for {e} to lend?", "does {e} give me a loan?", "may i borrow from {e}?", "do i earn enough for {e}?"],
    open: ["does {e} lend to someone who earns {o}?", "is {o} enough for a loan from {e}?", "can one with {o} borrow from {e}?", "would {e} give a loan on {o}?", "salary {o}, loan from {e}, possible?"],
  },
  charger: {
    own: ["which charger do i need?", "how strong a charger does my phone take?", "what charges my phone?", "watts for my phone?", "charger for my phone?", "what do i plug my phone into?"],
    open: [],
  },
  update: {
    own: ["what is the newest system for my phone?", "how far can i update my phone?", "last version for my phone?", "which system could i update to?", "newest update that i can get?", "my phone ends at which system?"],
    open: [],
  },
  app: {
    own: ["can i run {e}?", "does {e} run on my system?", "is my system new enough for {e}?", "may i install {e}?", "would {e} work for me?", "is {e} fine with my version?"],
    open: ["does {e} run on system {o}?", "is system {o} new enough for {e}?", "can {e} be installed on system {o}?", "would {e} work with system {o}?", "system {o} and {e}, does it fit?"],
  },
  allergy: {
    own: ["can i take {e}?", "is {e} safe for me?", "may i have {e} with my allergy?", "am i fine with {e}?", "is it ok for me to take {e}?", "could i be given {e}?"],
    open: ["can someone allergic to {o} take {e}?", "is {e} safe with a {o} allergy?", "does {e} suit people allergic to {o}?", "may one take {e} despite a {o} allergy?", "{e} with a {o} allergy, is that fine?"],
  },
  clash: {
    own: ["can i take {e} with my medication?", "does {e} go with what i take?", "may i add {e} to my medication?", "are {e} and my medication fine together?", "is it safe to mix {e} with my medication?", "can {e} join my medication?"],
    open: ["can {e} and {o} be taken together?", "does {e} go with {o}?", "may one mix {e} with {o}?", "are {e} and {o} fine together?", "is it safe to add {e} to {o}?"],
  },
  dose: {
    own: ["how much of my medication do i take?", "what is my daily dose?", "how many mg do i take a day?", "my dose?", "which dose is right for me?", "how much medicine a day for me?"],
    open: [],
  },
  effect: {
    own: ["which side effect can my medication have?", "what may my medication cause?", "what trouble can my medicine make?", "side effect of my medication?", "what should i watch for with my medication?", "my medication may do what to me?"],
    open: [],
  },
  lesson: {
    own: ["when is my course?", "on which day do i have class?", "which weekday is my course?", "day of my course?", "when do i go to class?", "my course is when?"],
    open: [],
  },
  room: {
    own: ["where is my course?", "in which room is my class?", "which room do i go to?", "room of my course?", "where do i have class?", "my course is where?"],
    open: [],
  },
  basis: {
    own: ["may i take the course {e}?", "can i enroll in {e}?", "did i pass what {e} needs?", "am i ready for {e}?", "is {e} open to me?", "do i meet the basis of {e}?"],
    open: ["may one who passed {o} take {e}?", "is {o} enough to enroll in {e}?", "does {o} lead to {e}?", "can a student with {o} join {e}?", "passed {o}, is {e} open?"],
  },
} as const satisfies Readonly<Record<string, RulePatterns>>;

/** Id of a rule. */
export type RuleId = keyof typeof RULE_PATTERNS;
