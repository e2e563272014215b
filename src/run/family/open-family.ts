/** The members of a trained family from its folder, to be asked by llama.cpp. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { worldSection } from "../../config/sections/world-section.js";
import { ConfigError, DataError } from "../../core/errors.js";
import { type FamilyMember, findMember, loadFamily, MEMBER_FILES, requireMemberFile } from "../../models/load-family.js";
import { writeQuantizedGguf } from "../../models/quantize/write-quantized-gguf.js";
import { loadLlamaRuntime } from "../../models/runtimes/load-llama-runtime.js";
import type { LoadedModel } from "../../models/runtimes/runtime.js";
import { DOMAIN_NAMES, type DomainName } from "../../world/knowledge/knowledge-area.js";
import { TEXT_ROLES, type TextRole } from "../../world/text/text-role.js";

const planSchema = z.object({ model: z.object({ role: z.enum(TEXT_ROLES), context: z.int() }), world: worldSection });

/** A member with what its record says of its making. */
export interface PlannedMember extends FamilyMember { readonly name: string; readonly plan: z.output<typeof planSchema> }

/** Members of a folder by what they are for. */
export interface FamilyFolder {
  readonly general: PlannedMember;
  readonly experts: Readonly<Record<DomainName, PlannedMember>>;
  /** At least one. */
  readonly personal: readonly PlannedMember[];
}

/** A quantization as a recipe of `plmm models quantize`; F16 is the file as it was trained. */
export const WHOLE = "F16";

/**
 * A family that can answer together.
 *
 * @throws {DataError} when T, an E or every P is missing.
 */
export function loadWholeFamily(folder: string): FamilyFolder {
  const members = loadFamily(folder).map(planned);
  const ofRole = (role: TextRole): PlannedMember[] => members.filter(({ plan }) => plan.model.role === role), roleOf = (role: TextRole): PlannedMember => {
    const [member] = ofRole(role);
    if (member !== undefined) return member;
    throw new DataError({ subject: folder, rule: `hold a trained model for role ${role}`, got: members.map(({ name }) => name), hint: "Train the whole family: npm run train." });
  };
  return { general: roleOf("general"), experts: Object.fromEntries(DOMAIN_NAMES.map((domain) => [domain, roleOf(domain)])) as Record<DomainName, PlannedMember>, personal: [roleOf("personal"), ...ofRole("personal").slice(1)] };
}

/** A P of a folder, which may lack other members. @throws {ConfigError} when the member is no P; {DataError} as `findMember`. */
export function findPersonal(folder: string, name: string): PlannedMember {
  const member = planned(findMember(name, folder)), { role } = member.plan.model;
  if (role === "personal") return member;
  throw new ConfigError({ subject: "--model", rule: "name a P", got: `${name}, whose role is ${role}`, hint: "See: plmm models family" });
}

function planned(member: FamilyMember): PlannedMember { return { ...member, name: member.record.name, plan: planSchema.parse(member.record.plan) }; }

/** The P of a name. @throws {ConfigError} when there is none. */
export function personalOf({ personal }: FamilyFolder, name: string): PlannedMember {
  const found = personal.find((member) => member.name === name);
  if (found !== undefined) return found;
  throw new ConfigError({ subject: "--personal", rule: `name a P of the family: ${personal.map((member) => member.name).join(", ")}`, got: name, hint: "Choose one of them." });
}

/** Models in memory and files in a folder of their own, all gone after `close`. */
export class OpenModels {
  private readonly models: LoadedModel[] = [];
  private readonly folder = mkdtempSync(join(tmpdir(), "plmm-family-"));

  constructor(private readonly threads: number) {}

  /** Loads a member, quantized if that is asked for. @throws {ShapeError} when its rows do not allow the quantization. */
  async load(member: PlannedMember, quant: string = WHOLE): Promise<LoadedModel> {
    const trained = requireMemberFile(member, MEMBER_FILES.gguf), path = quant === WHOLE ? trained : join(this.folder, `${member.name}-${quant}.gguf`);
    if (path !== trained) writeQuantizedGguf(trained, path, quant);
    const model = await loadLlamaRuntime().load(path, { contextTokens: member.plan.model.context, threads: this.threads });
    this.models.push(model);
    return model;
  }

  async close(): Promise<void> {
    for (const model of this.models) await model.dispose();
    rmSync(this.folder, { recursive: true });
  }
}
