/**
 * The part of the HTTP API that is about the whole server: extractors, models, backups, keys, workers.
 *
 * @module
 */
import { z } from 'zod';
import { RestoreProgress, RestoreRequest } from './backup.ts';
import { ContentId } from './content.ts';
import { ExtractorInfo } from './graph.ts';
import { ApiKeyList, CreatedKey, CreateKeyRequest } from './key.ts';
import { ModelInfo, PullModelRequest, PullProgress } from './model.ts';
import { NamespaceName } from './names.ts';
import { json, lines, nothing } from './reply.ts';
import type { Route } from './route.ts';
import {
  HeartbeatReply,
  LeaseRequest,
  WireAbandonRequest,
  LeaveRequest,
  WireClaimReply,
  WireClaimRequest,
  WireCompleteReply,
  WireCompleteRequest,
  WireDeriveReply,
  WireDeriveRequest,
} from './worker-codec.ts';
import { WorkerList } from './worker-info.ts';

export const ExtractorList = z.object({ extractors: z.array(ExtractorInfo) });
export const ModelList = z.object({ models: z.array(ModelInfo) });

/** Some hundred contents with their boxes, vectors and thumbnails. */
const COMPLETE_BODY_BYTES = 64 * 1024 * 1024;

export const serverRoutes = {
  listExtractors: {
    method: 'get',
    path: '/extractors',
    summary: 'List extractors that graphs can name',
    access: 'any',
    status: 200,
    reply: json(ExtractorList),
  },
  listModels: {
    method: 'get',
    path: '/models',
    summary: 'List models',
    access: 'server-read',
    status: 200,
    reply: json(ModelList),
  },
  pullModel: {
    method: 'post',
    path: '/models/pull',
    summary: "Fetch a model's files now, and tell how far that is",
    access: 'server-write',
    status: 200,
    body: PullModelRequest,
    reply: lines(PullProgress),
  },

  backup: {
    method: 'get',
    path: '/backup',
    summary: 'Get everything that the server holds as one file, but for pictures that were added in place',
    access: 'trusted',
    status: 200,
    reply: { kind: 'file', types: ['application/x-tar'], ranges: false },
  },
  restore: {
    method: 'post',
    path: '/restore',
    summary: "Restore a backup file of the server's machine into an empty server, all of it or nothing",
    access: 'home',
    status: 200,
    body: RestoreRequest,
    reply: lines(RestoreProgress),
  },

  listKeys: {
    method: 'get',
    path: '/keys',
    summary: 'List API keys, without their secrets',
    access: 'trusted',
    status: 200,
    reply: json(ApiKeyList),
  },
  createKey: {
    method: 'post',
    path: '/keys',
    summary: 'Create an API key, for one namespace or for the whole server; the reply tells it this once',
    access: 'trusted',
    status: 200,
    body: CreateKeyRequest,
    reply: json(CreatedKey),
  },
  removeKey: {
    method: 'delete',
    path: '/keys/{keyId}',
    summary: 'Remove an API key, which opens nothing from then on',
    access: 'trusted',
    status: 204,
    reply: nothing,
  },

  listWorkers: {
    method: 'get',
    path: '/workers',
    summary: 'List workers, with those that ended within the last hour',
    access: 'server-read',
    status: 200,
    reply: json(WorkerList),
  },
  claim: {
    method: 'post',
    path: '/workers/claim',
    summary: 'Lease work; waits for some',
    access: 'trusted',
    status: 200,
    body: WireClaimRequest,
    reply: json(WireClaimReply),
  },
  heartbeat: {
    method: 'post',
    path: '/workers/heartbeat',
    summary: 'Keep a lease',
    access: 'trusted',
    status: 200,
    body: LeaseRequest,
    reply: json(HeartbeatReply),
  },
  abandon: {
    method: 'post',
    path: '/workers/abandon',
    summary: 'Give a lease back whose worker has ended',
    access: 'trusted',
    status: 204,
    body: WireAbandonRequest,
    reply: nothing,
  },
  leave: {
    method: 'post',
    path: '/workers/leave',
    summary: 'Tell that a worker has ended',
    access: 'trusted',
    status: 204,
    body: LeaveRequest,
    reply: nothing,
  },
  complete: {
    method: 'post',
    path: '/workers/complete',
    summary: 'Hand in results of a lease',
    access: 'trusted',
    status: 200,
    body: WireCompleteRequest,
    maxBodyBytes: COMPLETE_BODY_BYTES,
    reply: json(WireCompleteReply),
  },
  derive: {
    method: 'post',
    path: '/workers/derive',
    summary: 'Hand in contents that were made of a leased one',
    access: 'trusted',
    status: 200,
    body: WireDeriveRequest,
    maxBodyBytes: COMPLETE_BODY_BYTES,
    reply: json(WireDeriveReply),
  },
  bytes: {
    method: 'get',
    path: '/workers/bytes',
    summary: 'Get the whole bytes of a leased content',
    access: 'trusted',
    status: 200,
    query: z.strictObject({ namespace: NamespaceName, contentId: ContentId }),
    reply: { kind: 'file', types: ['application/octet-stream'], ranges: false },
  },
} as const satisfies Record<string, Route>;
