/** How common everyday attributes are: values with their shares. All assumed: plausible round numbers, no survey. */

/** Values with shares that sum to 1. */
export interface DeclaredShares { readonly values: readonly string[]; readonly shares: readonly number[] }

/** Age bands of the config's lists: first and last year. */
export const AGE_BANDS: readonly (readonly [number, number])[] = [[18, 29], [30, 44], [45, 59], [60, 74], [75, 85]];
/** Share of people in each age band. */
export const AGE_SHARES: readonly number[] = [0.2, 0.26, 0.25, 0.2, 0.09];

/** Highest degrees, rising. */
export const DEGREES: DeclaredShares = { values: ["none", "diploma", "bachelor", "master", "doctorate"], shares: [0.35, 0.25, 0.25, 0.12, 0.03] };
/** Blood groups; near the shares of the United States. */
export const BLOOD_GROUPS: DeclaredShares = { values: ["O+", "A+", "B+", "O-", "A-", "AB+", "B-", "AB-"], shares: [0.37, 0.36, 0.09, 0.07, 0.06, 0.03, 0.015, 0.005] };
/** Pets. */
export const PETS: DeclaredShares = { values: ["none", "dog", "cat", "bird", "fish", "rabbit", "turtle", "horse"], shares: [0.4, 0.22, 0.2, 0.06, 0.05, 0.04, 0.02, 0.01] };
/** Grades of those who passed a subject. */
export const GRADES: DeclaredShares = { values: ["A", "B", "C", "D"], shares: [0.2, 0.35, 0.3, 0.15] };

/** Jobs with the least degree they ask for (place in `DEGREES`) and the median salary in thousands a year. */
export const JOBS: readonly (readonly [job: string, degree: number, salary: number])[] = [
  ["baker", 0, 30], ["driver", 0, 32], ["gardener", 0, 29], ["cook", 0, 30], ["guard", 0, 31], ["waiter", 0, 26], ["farmer", 0, 34], ["painter", 0, 33],
  ["plumber", 1, 45], ["nurse", 1, 48], ["clerk", 1, 38], ["mechanic", 1, 42], ["barber", 1, 30], ["printer", 1, 37],
  ["teacher", 2, 50], ["engineer", 2, 72], ["designer", 2, 52], ["editor", 2, 49], ["planner", 2, 58],
  ["lawyer", 3, 95], ["architect", 3, 70], ["chemist", 3, 68], ["surgeon", 4, 170], ["professor", 4, 92],
];

/** Pastimes, the commoner first. */
export const HOBBIES: readonly string[] = ["reading", "cycling", "chess", "fishing", "singing", "knitting", "hiking", "dancing", "pottery", "sailing", "skating", "juggling"];
/** Meals, the commoner first. */
export const FOODS: readonly string[] = ["soup", "pasta", "rice", "salad", "curry", "pizza", "beans", "pancakes", "noodles", "omelette", "tofu", "lentils"];
/** Drinks, the commoner first. */
export const DRINKS: readonly string[] = ["coffee", "tea", "water", "juice", "milk", "cocoa", "cider", "lemonade"];
/** Hours of getting up, the commoner first. */
export const WAKING_HOURS: readonly string[] = ["7 am", "6 am", "8 am", "9 am", "5 am", "10 am", "4 am", "11 am"];
/** Days on which files are saved. */
export const BACKUP_DAYS: readonly string[] = ["Sunday", "Friday", "Monday", "Saturday", "Wednesday", "Tuesday", "Thursday"];
