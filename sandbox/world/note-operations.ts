import { z } from 'zod';
import { RECORDING_FORMATS } from '../recording-formats.ts';
import { ENTITY_TYPES } from './model.ts';
import type { World } from './world.ts';

const seconds = z.number().int().optional();

const operationSchema = z.union([
  z.strictObject({
    insert: z.strictObject({
      entityType: z.enum(ENTITY_TYPES).optional(),
      entityId: z.number().int().optional(),
      noteType: z.string(),
      params: z.unknown(),
      createdAt: seconds,
      updatedAt: seconds,
      postedAt: seconds,
      createdBy: seconds,
      responsibleUserId: seconds,
      recording: z.strictObject({ format: z.enum(RECORDING_FORMATS), talkSeconds: z.number().positive() }).optional(),
    }),
  }),
  z.strictObject({
    patch: z.strictObject({
      noteId: z.number(),
      params: z.unknown().optional(),
      createdAt: seconds,
      updatedAt: seconds,
    }),
  }),
  z.strictObject({ delete: z.strictObject({ noteId: z.number() }) }),
  /** The recording of a call arrives late. */
  z.strictObject({ link: z.strictObject({ worldId: z.string() }) }),
  /** A mass edit: all these notes get the same `updated_at`. */
  z.strictObject({ touch: z.strictObject({ noteIds: z.array(z.number()), updatedAt: seconds }) }),
]);

export const noteOperationsSchema = z.array(operationSchema);

export type NoteOperation = z.infer<typeof operationSchema>;

/** Carries out one change of the world's notes; returns the notes' ids, none if there was nothing to change. */
export function changeNotes(world: World, operation: NoteOperation): { noteIds: number[] } {
  if ('insert' in operation) return { noteIds: [world.insertNote(operation.insert).id] };
  if ('patch' in operation) return ids(world.patchNote(operation.patch.noteId, operation.patch)?.id);
  if ('delete' in operation) return ids(world.deleteNote(operation.delete.noteId)?.id);
  if ('link' in operation) return { noteIds: world.giveLink(operation.link.worldId)?.noteIds ?? [] };
  const { noteIds, updatedAt } = operation.touch;
  return { noteIds: noteIds.flatMap((id) => world.patchNote(id, { updatedAt })?.id ?? []) };
}

function ids(id: number | undefined): { noteIds: number[] } {
  return { noteIds: id === undefined ? [] : [id] };
}
