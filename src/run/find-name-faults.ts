/** Names in a scenario that only the catalogues know: models, GPUs, devices, prices. Looked up before a run, so that a wrong one has its line. */
import type { ConfigFault } from "../config/config-faults.js";
import type { ConfigPath } from "../config/located-tree.js";
import type { Scenario } from "../config/scenario-schema.js";
import { ConfigError } from "../core/errors.js";
import { findDevice } from "../devices/device-table.js";
import { HOST_NAME } from "../devices/host/host-device.js";
import { requireHostProfile } from "../devices/host/load-host-profile.js";
import { loadDeviceCatalogue } from "../devices/load-device-catalogue.js";
import { findModelCard } from "../devices/load-model-cards.js";
import { loadPriceBook } from "../economics/load-price-book.js";
import { findPrice } from "../economics/price-book.js";
import { findGpuProfile } from "../tiers/load-gpu-profiles.js";
import { loadPoolCost } from "../tiers/load-pool-cost.js";
import { expertConfig } from "../tiers/make-pools.js";

/** A name and how it is looked up. `key`: the name is a key of the map at `path`. */
interface LookUp { readonly path: ConfigPath; readonly key?: string; readonly find: () => unknown }

/** Faults of the names of a scenario, and of models that do not fit their GPUs; paths are from its root. */
export function findNameFaults(scenario: Scenario): readonly ConfigFault[] {
  const names = [...namesOnPhones(scenario), ...namesAtTiers(scenario), ...namesOfPrices(scenario)].flatMap(faultsOf);
  return names.length > 0 ? names : fitsOfModels(scenario).flatMap(faultsOf);
}

function namesOnPhones({ personalModel, devices }: Scenario): readonly LookUp[] {
  const catalogue = loadDeviceCatalogue(), { host } = devices, inCatalogue = Object.keys(devices.mix ?? {}).filter((name) => host === undefined || name !== HOST_NAME);
  return [
    { path: ["personalModel", "model"], find: () => findModelCard(personalModel.model) },
    ...inCatalogue.map((name) => ({ path: ["devices", "mix"], key: name, find: () => findDevice(catalogue, name) })),
    ...(host === undefined ? [] : [
      { path: ["devices", "host", "profile"], find: () => requireHostProfile(host.profile, "devices.host.profile") }, { path: ["devices", "host", "like"], find: () => findDevice(catalogue, host.like) },
    ]),
  ];
}

function namesAtTiers({ tiers }: Scenario): readonly LookUp[] {
  const pools: [ConfigPath, { readonly gpu?: string | undefined; readonly model?: string | undefined }][] = [
    [["tiers", "expert"], tiers.expert], [["tiers", "general"], tiers.general],
    ...Object.entries(tiers.expertOverrides).map(([domain, pool]): [ConfigPath, typeof pool] => [["tiers", "expertOverrides", domain], pool]),
  ];
  return pools.flatMap(([path, { gpu, model }]) => [
    ...(gpu === undefined ? [] : [{ path: [...path, "gpu"], find: () => findGpuProfile(gpu) }]),
    ...(model === undefined ? [] : [{ path: [...path, "model"], find: () => findModelCard(model) }]),
  ]);
}

function namesOfPrices({ prices }: Scenario): readonly LookUp[] {
  const book = { path: ["prices", "book"], find: () => loadPriceBook(prices.book) };
  if (faultsOf(book).length > 0) return [book];
  return (["expertPrice", "generalPrice"] as const).map((key) => ({ path: ["prices", key], find: () => findPrice(loadPriceBook(prices.book), prices[key]) }));
}

/** Each served model on its GPU. */
function fitsOfModels({ tiers, population }: Scenario): readonly LookUp[] {
  const experts = Object.keys(tiers.expertOverrides).filter((name) => population.domains.some((domain) => domain.name === name));
  const pools = [
    { path: ["tiers", "expert"], pool: tiers.expert }, { path: ["tiers", "general"], pool: tiers.general },
    ...experts.map((name) => ({ path: ["tiers", "expertOverrides", name], pool: expertConfig(tiers, name) })),
  ];
  return pools.map(({ path, pool }) => ({ path, find: () => loadPoolCost(pool, path.join(".")) }));
}

function faultsOf({ path, key, find }: LookUp): readonly ConfigFault[] {
  try {
    find();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { rule, got, hint } = error, subject = key === undefined ? path.join(".") : `a key of ${path.join(".")}`;
    return [{ path, subject, rule, got, hint, ...(key === undefined ? {} : { key }) }];
  }
}
