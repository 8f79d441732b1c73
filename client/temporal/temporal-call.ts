import { isGrpcServiceError, NamespaceNotFoundError, ServiceError } from '@temporalio/client';
import { status } from '@grpc/grpc-js';
import { ExportError } from '../../errors/export-error.ts';

/** A call to Temporal, with "the server is not there" and "it was not prepared for us" in the product's own shape. */
export async function callTemporal<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const cause = error instanceof ServiceError ? error.cause : error;
    if (isGrpcServiceError(cause) && (cause.code === status.UNAVAILABLE || cause.code === status.DEADLINE_EXCEEDED)) {
      throw new ExportError('temporal_unreachable', { cause: error, values: { address: 'TEMPORAL_ADDRESS' } });
    }
    if (error instanceof NamespaceNotFoundError || isNamespaceMissing(cause)) {
      throw new ExportError('temporal_namespace_not_found', { cause: error });
    }
    // Its text is all that tells this from other invalid arguments.
    if (
      isGrpcServiceError(cause) &&
      cause.code === status.INVALID_ARGUMENT &&
      /search attribute/i.test(cause.details)
    ) {
      throw new ExportError('temporal_not_migrated', { cause: error });
    }
    throw error;
  }
}

/** As the server says it where the SDK leaves its words alone. */
function isNamespaceMissing(cause: unknown): boolean {
  return isGrpcServiceError(cause) && cause.code === status.NOT_FOUND && /^namespace\b/i.test(cause.details);
}
