import type { DeliveryState, DeliveryView } from '../../values/delivery.ts';
import type { LoggedRun } from '../../values/run.ts';
import { relativeReference } from '../links.ts';

/** Where a client can follow the delivery of a training. */
export interface DeliveryLink {
  readonly id: string;
  /** Relative to the address of the request. */
  readonly url: string;
}

/** The run in MLflow. Until the delivery has ended, only its name is known. */
export interface RunAnswer {
  readonly id: string | null;
  readonly name: string;
  readonly url: string | null;
  readonly experiment_id: string | null;
}

/** The response to `GET /deliveries/<id>`. */
export interface DeliveryAnswer extends DeliveryLink {
  readonly state: DeliveryState;
  /** ISO 8601, UTC. */
  readonly accepted_at: string;
  readonly ended_at: string | null;
  /** Seconds from the acceptance to the end of the delivery, or until now. */
  readonly age_s: number;
  readonly attempts: number;
  readonly last_error: LastErrorAnswer | null;
  readonly experiment: string;
  readonly run: RunAnswer;
  readonly model: ModelAnswer | null;
}

/** Why the last try to deliver a training failed. */
interface LastErrorAnswer {
  readonly code: string;
  readonly detail: string;
}

export interface ExperimentAnswer {
  readonly id: string | null;
  readonly name: string;
  readonly url: string | null;
}

export interface ModelAnswer {
  readonly uri: string | null;
  /** Name of the registered model; null in a delivery whose model is not registered, because a gate failed. */
  readonly name: string | null;
  readonly version: string | null;
  readonly url: string | null;
}

/** @param path the path of the request */
export function deliveryAnswer(view: DeliveryView, path: string, nowMs: number): DeliveryAnswer {
  const { acceptedAtMs, endedAtMs, logged } = view;
  return {
    ...deliveryLink(view.id, path),
    state: view.state,
    accepted_at: new Date(acceptedAtMs).toISOString(),
    ended_at: endedAtMs === undefined ? null : new Date(endedAtMs).toISOString(),
    // The clock may have been set back.
    age_s: Math.max(0, Math.round(((endedAtMs ?? nowMs) - acceptedAtMs) / 100) / 10),
    attempts: view.attempts,
    last_error: lastErrorAnswer(view),
    experiment: view.experimentName,
    run: runAnswer(view),
    model: logged?.modelUri === undefined ? null : modelAnswer(logged.registeredModelName ?? null, logged),
  };
}

export function experimentAnswer({ experimentName, logged }: DeliveryView): ExperimentAnswer {
  return {
    id: logged?.experimentId ?? null,
    name: experimentName,
    url: logged?.experimentUrl ?? null,
  };
}

/** How far a delivery is, in a response to the request that asked for it. */
export interface TrackingAnswer {
  readonly state: 'pending' | 'finished' | 'dead';
  readonly delivery: DeliveryLink;
  readonly last_error: LastErrorAnswer | null;
}

const TRACKING_STATES = { pending: 'pending', delivered: 'finished', dead: 'dead' } as const;

/** @param path the path of the request */
export function trackingAnswer(view: DeliveryView, path: string): TrackingAnswer {
  return {
    state: TRACKING_STATES[view.state],
    delivery: deliveryLink(view.id, path),
    last_error: lastErrorAnswer(view),
  };
}

/** @param path the path of the request */
export function deliveryLink(id: string, path: string): DeliveryLink {
  return { id, url: relativeReference(path, `deliveries/${id}`) };
}

function lastErrorAnswer({ lastError }: DeliveryView): LastErrorAnswer | null {
  return lastError === undefined ? null : { code: lastError.code, detail: lastError.message };
}

export function runAnswer({ runName, runId, logged }: DeliveryView): RunAnswer {
  return {
    id: logged?.runId ?? runId ?? null,
    name: logged?.runName ?? runName,
    url: logged?.runUrl ?? null,
    experiment_id: logged?.experimentId ?? null,
  };
}

export function modelAnswer(name: string | null, logged: LoggedRun | undefined): ModelAnswer {
  return {
    uri: logged?.modelUri ?? null,
    name: logged?.registeredModelName ?? name,
    version: logged?.modelVersion ?? null,
    url: logged?.modelUrl ?? null,
  };
}
