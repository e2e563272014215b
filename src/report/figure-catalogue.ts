/** Figures by name, in the order in which a report shows them. */
import type { Summary } from "./aggregate.js";
import type { Figure } from "./figure.js";
import { makeEnergyBars } from "./figures/energy-bars.js";
import { makeFrontier } from "./figures/frontier.js";
import { makeLeakagePrice } from "./figures/leakage-price.js";
import { makeParticipation } from "./figures/participation.js";
import { makeQualityVsCost } from "./figures/quality-vs-cost.js";
import { makeRoutes } from "./figures/routes.js";
import { HISTOGRAM_NAMES, makeTtftCdf } from "./figures/ttft-cdf.js";
import type { Theme } from "./theme.js";

/** Figures that are made from the summary of a run. `metric` and `scale` take more and are made by their own functions. */
export const FIGURES: Readonly<Record<FigureName, FigureMaker>> = {
  "frontier": { make: makeFrontier, needs: "leak.consult.auc or leak.domain.auc, ttft.p95 and money.perUserDay" },
  "ttft-cdf": { make: makeTtftCdf, needs: "the histogram ttft", histograms: HISTOGRAM_NAMES },
  "energy-bars": { make: makeEnergyBars, needs: "energy.compute" },
  "quality-vs-cost": { make: makeQualityVsCost, needs: "correct.fraction and money.perUserDay" },
  "participation": { make: makeParticipation, needs: "market.participation and market.criticalMass, above the fold" },
  "leakage-price": { make: makeLeakagePrice, needs: "leak.mean.bits (several observers in observation.observers), ttft.mean and bytes" },
  "routes": { make: makeRoutes, needs: "answered.fraction and the routes" },
};

/** How a figure is made and what it needs. */
export interface FigureMaker {
  readonly make: (summary: Summary, theme: Theme) => Figure | undefined;
  /** Findings without which there is no figure, in words. */
  readonly needs: string;
  /** Names of histograms that it draws; none when left out. */
  readonly histograms?: readonly string[];
}

/** Names of these figures. */
export const FIGURE_NAMES = ["frontier", "ttft-cdf", "energy-bars", "quality-vs-cost", "participation", "leakage-price", "routes"] as const;
/** One of them. */
export type FigureName = (typeof FIGURE_NAMES)[number];
