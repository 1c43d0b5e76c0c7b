import type { FastifyInstance } from 'fastify';
import type { ServerContext } from '../context.ts';
import { type Refusal, sendRefusal } from '../http/api-error.ts';
import { authorize } from '../http/authorize.ts';
import { claim, restoreClaim, retractClaim } from './claims.ts';
import { conformance } from './conformance.ts';
import { changeConnection, connection, connections, createConnection, deleteConnection } from './connections.ts';
import { device } from './device.ts';
import { eventNames, eventProperties, eventsByInsertId, eventsOfPerson } from './events.ts';
import { explaining } from './explain.ts';
import { insights } from './insights.ts';
import { live } from './live.ts';
import { log } from './log.ts';
import { openApi } from './openapi.ts';
import {
  changeOutput,
  createOutput,
  deadLetters,
  deleteOutput,
  output,
  outputs,
  pauseOutput,
  replayOutput,
  resumeOutput,
  rotateOutput,
  testOutput,
} from './outputs.ts';
import { personByIdentifier, personWithId, searchPeople } from './people.ts';
import { exportPeople, listPeople, peopleNames } from './people-list.ts';
import { personGraph } from './person-graph.ts';
import { personPages } from './person-pages.ts';
import { pin } from './pins.ts';
import {
  cancelPolicyChange,
  changePolicy,
  forgetFormerPolicy,
  policy,
  policyHistory,
  restorePolicy,
} from './policy.ts';
import { project, projects } from './project.ts';
import { quarantine, replayQuarantine } from './quarantine.ts';
import { refusals } from './refusals.ts';
import { restoreRetraction, retract, retractions } from './retractions.ts';
import { type Route, readCall } from './route.ts';
import { changeQuestion, deleteQuestion, savedQuestions, saveQuestion } from './saved-questions.ts';
import { scenario } from './scenarios.ts';
import { sharedDevices } from './shared.ts';
import { cancelSimulation, simulatePolicy, simulation, simulations } from './simulations.ts';
import { stats } from './stats.ts';
import { cure, suspicious } from './suspicious.ts';
import { unsigned } from './unsigned.ts';

/** Every route of the native API but `POST /v1/batch`, which is a wire. A route that is not in this table does not exist. */
export const routeTable: readonly Route[] = [
  personByIdentifier,
  searchPeople,
  listPeople,
  exportPeople,
  peopleNames,
  personWithId,
  ...personPages,
  personGraph,
  sharedDevices,
  device,
  suspicious,
  cure,
  eventsOfPerson,
  eventsByInsertId,
  eventNames,
  eventProperties,
  explaining,
  claim,
  retractClaim,
  restoreClaim,
  retractions,
  retract,
  restoreRetraction,
  pin,
  scenario,
  policy,
  changePolicy,
  cancelPolicyChange,
  forgetFormerPolicy,
  policyHistory,
  restorePolicy,
  simulatePolicy,
  simulations,
  simulation,
  cancelSimulation,
  ...insights,
  live,
  log,
  savedQuestions,
  saveQuestion,
  changeQuestion,
  deleteQuestion,
  stats,
  refusals,
  quarantine,
  replayQuarantine,
  unsigned,
  project,
  projects,
  conformance,
  outputs,
  output,
  createOutput,
  changeOutput,
  deleteOutput,
  testOutput,
  pauseOutput,
  resumeOutput,
  replayOutput,
  rotateOutput,
  deadLetters,
  connections,
  connection,
  createConnection,
  changeConnection,
  deleteConnection,
];

/** Puts the native API and its description on the server. */
export async function registerNativeRoutes(app: FastifyInstance, context: ServerContext): Promise<void> {
  for (const route of routeTable) {
    app.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        const who = authorize(context, request, 'server');
        if (who.type === 'refused')
          return who.code === 'project_needed' && route.withoutProject !== undefined
            ? route.withoutProject(context)
            : sendRefusal(reply, who);
        const call = readCall(route, context, who, request, reply);
        if ('type' in call) return sendRefusal(reply, call);
        const answer = await route.handle(call);
        return isRefusal(answer) ? sendRefusal(reply, answer) : answer;
      },
    });
  }
  const document = openApi(routeTable);
  app.get('/openapi.json', async (_request, reply) => reply.header('access-control-allow-origin', '*').send(document));
}

const isRefusal = (answer: unknown): answer is Refusal =>
  typeof answer === 'object' && answer !== null && 'type' in answer && answer.type === 'refused';
