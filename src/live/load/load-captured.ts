/** Reads the capture of a load and joins it with what was asked. */
import type { CapturedView } from "../../privacy/observers/captured-view.js";
import { recordsOfQuestions, trafficOf } from "../capture/captured-traffic.js";
import { captureView, type CapturedLoad } from "../capture/captured-view.js";
import { exchangesOnLink } from "../capture/link-exchanges.js";
import { loadLines } from "../capture/load-capture.js";
import { bookedForm, captureFiles, consultedForm, relayedForm, tappedPieceForm } from "../capture/observations.js";
import { tlsRecords } from "../capture/tls-records.js";
import type { AskedQuestion } from "./run-load.js";
import type { Traffic } from "./tabulate-load.js";

/** A load whose system was captured. Client number and person of the world are one. */
export type RunLoad = Pick<CapturedLoad, "world" | "domains" | "startedAtUs" | "asked" | "asksBack">;

/** What observers had of a load: the path's part of the rows, and the other views. @throws {DataError} for a damaged capture. */
export function loadCaptured(folder: string, load: RunLoad): { readonly traffic: ReadonlyMap<AskedQuestion, Traffic>; readonly captured: CapturedView } {
  const recordsOf = recordsOfQuestions(load.asked, tlsRecords(loadLines(captureFiles.path(folder), tappedPieceForm)));
  const relayed = loadLines(captureFiles.relay(folder), relayedForm), consulted = loadLines(captureFiles.expert(folder), consultedForm), booked = loadLines(captureFiles.ledger(folder), bookedForm);
  const linked = exchangesOnLink(tlsRecords(loadLines(captureFiles.gatewayLink(folder), tappedPieceForm)));
  const traffic = new Map([...recordsOf].map(([question, records]) => [question, trafficOf(records)]));
  return { traffic, captured: captureView({ ...load, relayed, linked, consulted, booked, recordsOf }) };
}
