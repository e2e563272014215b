/** What is known of a person: each attribute with its name in texts, the domain it belongs to and how sensitive it is. */
import type { DomainName } from "../knowledge/knowledge-area.js";

/**
 * How much harm disclosure does. open: told to strangers; personal: told to acquaintances; confidential: money and access;
 * special: health, a special category of personal data.
 *
 * @source special: General Data Protection Regulation (EU) 2016/679, article 9; the other three levels are ours.
 */
export const SENSITIVITIES = ["open", "personal", "confidential", "special"] as const;
/** A level of sensitivity. */
export type Sensitivity = (typeof SENSITIVITIES)[number];

/** An attribute's properties. */
export interface Attribute {
  /** Its name in texts. */
  readonly label: string;
  /** Domain whose questions touch it; absent for everyday life. */
  readonly domain?: DomainName;
  readonly sensitivity: Sensitivity;
  /** Own ways to ask for it, beside those that all attributes share. */
  readonly questions: readonly string[];
}

/** All attributes by id, in the order in which they are shown. */
export const ATTRIBUTES = {
  name: { label: "name", sensitivity: "personal", questions: ["who am i?", "how am i called?"] },
  age: { label: "age", sensitivity: "personal", questions: ["how old am i?", "how many years do i have?"] },
  city: { label: "city", sensitivity: "open", questions: ["where do i live?", "in which city is my home?"] },
  partner: { label: "partner", sensitivity: "personal", questions: ["who do i live with?", "who shares my home?"] },
  job: { label: "job", sensitivity: "open", questions: ["what do i work as?", "what is my line of work?"] },
  employer: { label: "employer", sensitivity: "personal", questions: ["who do i work for?", "which firm pays me?"] },
  degree: { label: "degree", domain: "education", sensitivity: "open", questions: ["how far did i study?", "what did i graduate with?"] },
  salary: { label: "salary", domain: "finance", sensitivity: "confidential", questions: ["how much do i earn?", "what am i paid a year?"] },
  bank: { label: "bank", domain: "finance", sensitivity: "confidential", questions: ["where is my account?", "who keeps my money?"] },
  savings: { label: "savings", domain: "finance", sensitivity: "confidential", questions: ["how much did i save?", "what have i put aside?"] },
  doorCode: { label: "door code", sensitivity: "confidential", questions: ["how do i open my door?", "which numbers open my door?"] },
  phone: { label: "phone", domain: "it", sensitivity: "open", questions: ["what do i call people with?", "which device do i carry?"] },
  system: { label: "system", domain: "it", sensitivity: "open", questions: ["which version do i run?", "what runs on my device?"] },
  backup: { label: "backup day", domain: "it", sensitivity: "personal", questions: ["when do i save my files?", "on which day are my files copied?"] },
  allergy: { label: "allergy", domain: "medicine", sensitivity: "special", questions: ["what am i allergic to?", "which drugs do i not stand?"] },
  condition: { label: "condition", domain: "medicine", sensitivity: "special", questions: ["what do i suffer from?", "which illness do i have?"] },
  medication: { label: "medication", domain: "medicine", sensitivity: "special", questions: ["which drug do i take?", "what do i take every day?"] },
  blood: { label: "blood group", domain: "medicine", sensitivity: "special", questions: ["what blood do i have?", "which group is my blood?"] },
  doctor: { label: "doctor", domain: "medicine", sensitivity: "special", questions: ["who treats me?", "who do i see when ill?"] },
  course: { label: "course", domain: "education", sensitivity: "personal", questions: ["what do i study now?", "what am i enrolled in?"] },
  passed: { label: "passed subject", domain: "education", sensitivity: "personal", questions: ["what did i pass?", "which exam is behind me?"] },
  grade: { label: "grade", domain: "education", sensitivity: "confidential", questions: ["how well did i do?", "what mark did i get?"] },
  hobby: { label: "hobby", sensitivity: "open", questions: ["what do i do for fun?", "how do i spend free time?"] },
  food: { label: "favourite food", sensitivity: "open", questions: ["what do i like to eat?", "which meal do i love?"] },
  pet: { label: "pet", sensitivity: "open", questions: ["which animal do i keep?", "what animal lives with me?"] },
  drink: { label: "drink", sensitivity: "open", questions: ["what do i like to drink?", "what is in my cup?"] },
  wakes: { label: "alarm", sensitivity: "personal", questions: ["when do i get up?", "how early do i wake?"] },
} as const satisfies Readonly<Record<string, Attribute>>;

/** Id of an attribute. */
export type AttributeId = keyof typeof ATTRIBUTES;
/** All ids in order. */
export const ATTRIBUTE_IDS: readonly AttributeId[] = Object.keys(ATTRIBUTES) as AttributeId[];

/** Properties of an attribute. */
export function attributeOf(id: AttributeId): Attribute { return ATTRIBUTES[id]; }

/** Whether a question that needs the attribute touches a secret: anything above open. */
export function isSecret(id: AttributeId): boolean { return ATTRIBUTES[id].sensitivity !== "open"; }
